/** Where the command's output goes. */
export interface Terminal {
  /** Whether lines already written can be replaced. */
  readonly redraws: boolean;
  readonly colour: boolean;
  /** Size now; it changes while a program runs. */
  columns(): number;
  rows(): number;
  write(text: string): void;
}

/** What of a Node stream matters here. */
export interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

/**
 * @param environment `NO_COLOR` (https://no-color.org) and `TERM=dumb` are respected
 */
export function terminalOf(
  stream: OutputStream,
  environment: Readonly<Record<string, string | undefined>>,
): Terminal {
  const redraws = stream.isTTY === true && environment['TERM'] !== 'dumb';
  return {
    redraws,
    colour: redraws && (environment['NO_COLOR'] ?? '') === '',
    // A terminal that does not know its size says 0.
    columns: () => (stream.columns ?? 0) || 80,
    rows: () => (stream.rows ?? 0) || 24,
    write: (text) => stream.write(text),
  };
}
