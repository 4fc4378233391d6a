/**
 * Drops as much of a failing schedule as can be dropped (ddmin): first halves, then quarters, at last single items.
 *
 * @param items the schedule; must fail
 * @param stillFails runs a part of it
 * @param maximumRuns how often `stillFails` is asked at most
 * @returns a part that fails, in the same order
 */
export function shrink<Item>(
  items: readonly Item[],
  stillFails: (items: readonly Item[]) => boolean,
  maximumRuns = 400,
): readonly Item[] {
  let kept = items;
  let runs = 0;
  for (let size = Math.ceil(kept.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let start = 0; start < kept.length && runs < maximumRuns;) {
      const fewer = [...kept.slice(0, start), ...kept.slice(start + size)];
      runs += 1;
      if (stillFails(fewer)) kept = fewer;
      else start += size;
    }
  }
  return kept;
}
