/**
 * Counts of what happened "sometimes": a batch of runs in which a rare thing never happened proves nothing about it.
 */
export class Marks {
  private readonly counts = new Map<string, number>();

  hit(mark: string, times = 1): void {
    this.counts.set(mark, (this.counts.get(mark) ?? 0) + times);
  }

  add(other: Iterable<readonly [string, number]>): void {
    for (const [mark, times] of other) this.hit(mark, times);
  }

  count(mark: string): number {
    return this.counts.get(mark) ?? 0;
  }

  /** Marks with their counts, by name. */
  sorted(): [string, number][] {
    return [...this.counts].sort(([left], [right]) => (left < right ? -1 : 1));
  }

  /** Those of `expected` that were never hit. */
  missing(expected: readonly string[]): string[] {
    return expected.filter((mark) => !this.counts.has(mark));
  }
}
