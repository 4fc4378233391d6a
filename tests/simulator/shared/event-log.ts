/** What happened in a run, line by line. Same seed, same bytes. */
export interface EventLog {
  /** @param line is asked for only if lines are kept, because a million runs are not read by anybody */
  readonly note: (line: () => string) => void;
}

/** Keeps nothing. */
export const silentLog: EventLog = { note: () => undefined };

/** Keeps every line. */
export class RecordingLog implements EventLog {
  private readonly lines: string[] = [];

  readonly note = (line: () => string): void => {
    this.lines.push(line());
  };

  text(): string {
    return this.lines.map((line) => `${line}\n`).join('');
  }
}
