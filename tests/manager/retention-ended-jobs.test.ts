import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EndedJobs } from '../../src/manager/retention/ended-jobs.ts';
import { InMemoryOrderedMap } from '../../src/saga/index.ts';

test('jobs that ended leave in the order in which they came, and leave nothing behind', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean()), (additions) => {
      const map = new InMemoryOrderedMap();
      const endedJobs = new EndedJobs(map);
      const expected: { jobId: bigint; endedAtMs: number }[] = [];
      for (const [index, isAddition] of additions.entries()) {
        if (isAddition) {
          endedJobs.add(BigInt(index), index * 1_000);
          expected.push({ jobId: BigInt(index), endedAtMs: index * 1_000 });
        } else if (expected.length > 0) {
          expect(endedJobs.first()).toEqual(expected.shift());
          endedJobs.removeFirst();
        } else expect(endedJobs.first()).toBeUndefined();
        expect(endedJobs.size()).toBe(expected.length);
        // One row for each job that waits, and one for where they begin and end.
        expect(map.size()).toBe(expected.length + (additions.slice(0, index + 1).includes(true) ? 1 : 0));
      }
    }),
  );
});
