import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { virtualClock } from '../../src/cli/virtual-clock.ts';
import type { StepReport } from '../../src/localnet/index.ts';

/** A network that executes messages of these canisters, one after the other. */
function network(queue: string[]) {
  return {
    timeNanos: 1_000_000_000n,
    executed: [] as string[],
    step(): StepReport | undefined {
      const canisterId = queue.shift();
      if (canisterId === undefined) return undefined;
      this.executed.push(canisterId);
      const { timeNanos } = this;
      return {
        step: 1,
        timeNanos,
        kind: 'update',
        canisterId,
        method: '',
        outcome: 'committed',
        instructions: 0n,
      };
    },
    advanceTime(ms: number): void {
      this.timeNanos += BigInt(ms) * 1_000_000n;
    },
  };
}

describe('the clock of an embedded network', () => {
  it('lets exactly the time of a pause pass, and at most one message of the canister waited for', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom('ours', 'other')), fc.nat(5_000), async (queue, ms) => {
        const fake = network([...queue]);
        const clock = virtualClock(fake, 'ours');
        const before = clock.nowMs();
        await clock.pause(ms);
        expect(clock.nowMs() - before).toBe(ms);
        const first = queue.indexOf('ours');
        expect(fake.executed).toEqual(first < 0 ? queue : queue.slice(0, first + 1));
      }),
    );
  });
});
