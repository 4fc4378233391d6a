import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { program, type Program } from './support/program.ts';
import { TestNetwork } from './support/test-network.ts';

/** A small storm: two canisters call each other, trap, wait with bounds, set timers and burn cycles. */
function storm(net: TestNetwork): void {
  const [one, other] = [net.canister({ heartbeat: true }), net.canister()];
  const callOf = (to: typeof one, depth: number): Program => {
    if (depth === 0) return program().addToHeap(1n).appendNumber('version').reply();
    return program()
      .addToHeap(1n)
      .call({
        to,
        arg: callOf(to === one ? other : one, depth - 1),
        onReply: program().addToHeap(2n).reply(),
        cycles: 9n,
      })
      .call({ to, arg: program().trap('x'), onReject: program().burnCycles(3n), timeoutSeconds: 5 })
      .setTimer(1n);
  };
  net.network.faults.add({ caller: one, nth: 2 }, { kind: 'delay', milliseconds: 7_000 });
  for (let index = 0; index < 3; index += 1) net.submit(one, callOf(other, index + 1));
}

const restOf = (net: TestNetwork) => {
  net.events.length = 0;
  net.network.runFor(20_000);
  return [...net.events];
};

describe('a network', () => {
  test('with the same seed does the same', () => {
    const log = (seed?: number) => {
      const net = new TestNetwork(seed === undefined ? {} : { seed });
      storm(net);
      return restOf(net);
    };
    expect(log(7)).toEqual(log(7));
    expect(log()).toEqual(log());
    expect(log(7)).not.toEqual(log(8));
  });

  test('returned to a checkpoint does the same again, whatever it did in between', () => {
    fc.assert(
      fc.property(
        fc.nat(60),
        fc.nat(40),
        fc.option(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { nil: undefined }),
        (before, between, seed) => {
          const net = new TestNetwork(seed === undefined ? {} : { seed });
          storm(net);
          net.network.run(before);
          const checkpoint = net.network.checkpoint();
          const first = restOf(net);
          const end = net.network.canisterIds().map((id) => net.network.canister(id));
          net.network.restore(checkpoint);
          net.network.run(between);
          net.network.restore(checkpoint);
          expect(restOf(net)).toEqual(first);
          expect(net.network.canisterIds().map((id) => net.network.canister(id))).toEqual(end);
        },
      ),
      { numRuns: 15 },
    );
  });

  test('goes on from a checkpoint as the seed it is given says', () => {
    const net = new TestNetwork({ seed: 1 });
    storm(net);
    const checkpoint = net.network.checkpoint();
    const from = (seed: number) => {
      net.network.restore(checkpoint, seed);
      return restOf(net);
    };
    expect(from(1)).toEqual(from(1));
    expect(from(1)).not.toEqual(from(2));
  });

  test('keeps memories of a checkpoint through traps, growth and upgrades', () => {
    const net = new TestNetwork();
    const id = net.canister();
    net.run(id, program().addToHeap(1n).growStable(1n).writeStable(1n).addToGlobal(1n).reply());
    const checkpoint = net.network.checkpoint();
    net.run(id, program().addToHeap(1n).growHeap(4).writeStable(2n).addToGlobal(1n).reply());
    net.rejection(() => net.run(id, program().addToHeap(8n).trap('x')));
    net.network.restore(checkpoint);
    const all = program()
      .appendNumber('heapCounter')
      .appendNumber('stableCounter')
      .appendNumber('globalCounter')
      .appendNumber('heapSize');
    expect(net.lookNumbers(id, all.reply())).toEqual([1n, 1n, 1n, 1n]);
  });
});
