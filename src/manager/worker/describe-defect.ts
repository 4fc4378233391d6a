import { maximumErrorCharacters } from '../limits.ts';

/** The text of something thrown that should never have been: kept on the job, so that people see it. */
export function describeDefect(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return text.slice(0, maximumErrorCharacters);
}
