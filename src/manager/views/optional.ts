/** Candid's `opt` as JavaScript has it: no element or one. */
export type Optional<T> = [] | [T];

export function optional<T>(value: T | undefined): Optional<T> {
  return value === undefined ? [] : [value];
}
