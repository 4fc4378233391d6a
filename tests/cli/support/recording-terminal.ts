import type { Terminal } from '../../../src/cli/terminal/terminal.ts';

/** A terminal that keeps what is written. */
export function recordingTerminal(
  traits: { redraws?: boolean; colour?: boolean; columns?: number; rows?: number } = {},
): Terminal & { readonly written: string[] } {
  const written: string[] = [];
  return {
    redraws: traits.redraws ?? false,
    colour: traits.colour ?? false,
    columns: () => traits.columns ?? 80,
    rows: () => traits.rows ?? 24,
    write: (text) => written.push(text),
    written,
  };
}
