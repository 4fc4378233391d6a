/** A plan, an event or a part of one as a line of text; the same value always gives the same line. */
export function textOf(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? part.toString() : part));
}
