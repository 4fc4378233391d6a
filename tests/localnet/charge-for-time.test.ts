import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { program } from './support/program.ts';
import { TestNetwork } from './support/test-network.ts';

const second = 1_000;
const day = 86_400 * second;
const trillion = 1_000_000_000_000n;
const gibibyte = 1_073_741_824n;

/** What ten seconds cost a canister, as the price list has it. */
function tenSeconds(memoryBytes: bigint, computePercent = 0n): bigint {
  return (memoryBytes * 127_000n * 10n) / gibibyte + computePercent * 10_000_000n * 10n;
}

function withCanister(settings: Record<string, bigint> = {}, cycles = 100n * trillion) {
  const net = new TestNetwork();
  const id = net.canister({ cycles });
  net.management.updateSettings(id, settings);
  return { net, id, cycles: () => net.network.canister(id).cycles };
}

/** Settings under which five trillion cycles last five days, and which do not freeze the canister before. */
const poor = { memory_allocation: 100n * gibibyte, freezing_threshold: 1n };

/** Lets time pass without letting anything be executed on the way. */
function pass(net: TestNetwork, milliseconds: number): void {
  net.network.advanceTime(milliseconds);
  net.network.run();
}

describe('time costs a canister cycles', () => {
  test('for the memory it occupies', () => {
    const { net, id, cycles } = withCanister();
    net.run(id, program().growStable(16_384n).reply());
    const { memoryBytes } = net.network.canister(id);
    expect(memoryBytes).toBeGreaterThan(gibibyte);
    const before = cycles();
    pass(net, 30 * second);
    expect(before - cycles()).toBe(3n * tenSeconds(memoryBytes));
  });

  test('for the memory allocated to it, used or not, and for its share of a core', () => {
    const settings = { memory_allocation: 4n * gibibyte, compute_allocation: 5n };
    const { net, cycles } = withCanister(settings, 200n * trillion);
    const before = cycles();
    pass(net, 20 * second);
    expect(before - cycles()).toBe(2n * tenSeconds(4n * gibibyte, 5n));
  });

  test('as much as its status says for a day', () => {
    const { net, id, cycles } = withCanister({ memory_allocation: gibibyte });
    const { idle_cycles_burned_per_day: perDay } = net.management.canisterStatus(id);
    const before = cycles();
    pass(net, day);
    expect(before - cycles()).toBe(perDay);
  });

  test('nothing before ten seconds have passed, nor when time is free', () => {
    const { net, cycles } = withCanister({ compute_allocation: 1n });
    const before = cycles();
    pass(net, 9 * second);
    expect(cycles()).toBe(before);
    const free = new TestNetwork({ chargesForTime: false });
    const id = free.canister();
    const balance = free.network.canister(id).cycles;
    pass(free, 365 * day);
    expect(free.network.canister(id).cycles).toBe(balance);
  });

  test('the same in one go as in any steps', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40 * day }), { maxLength: 6 }), (steps) => {
        const oneGo = withCanister({ memory_allocation: gibibyte });
        const inSteps = withCanister({ memory_allocation: gibibyte });
        pass(
          oneGo.net,
          steps.reduce((sum, step) => sum + step, 20 * second),
        );
        for (const step of [...steps, 10 * second, 10 * second]) pass(inSteps.net, step);
        expect(inSteps.cycles()).toBe(oneGo.cycles());
        oneGo.net.network.checkCycles();
      }),
      { numRuns: 20 },
    );
  });

  test('and an idle network passes over years in one step of the clock', () => {
    const { net, id } = withCanister();
    const { executedSteps } = net.network.checkpoint().state;
    net.network.runFor(3 * 365 * day);
    expect(net.network.checkpoint().state.executedSteps).toBe(executedSteps);
    expect(net.network.canister(id).moduleHash).toBeDefined();
  });
});

describe('a canister that cannot pay any more', () => {
  test('loses its code, chunks, snapshots, allocations and history, and the rest of its cycles', () => {
    const { net, id } = withCanister(poor, 5n * trillion);
    net.management.uploadChunk(id, Uint8Array.of(1));
    net.management.takeSnapshot(id);
    const before = net.network.canister(id);
    pass(net, 30 * day);
    expect(net.network.canister(id)).toMatchObject({
      status: 'running',
      moduleHash: undefined,
      cycles: 0n,
      chunkHashes: [],
      history: [],
      totalChanges: before.totalChanges,
      version: before.version + 1n,
      memoryBytes: 0n,
      settings: { computeAllocation: 0n, memoryAllocationBytes: 0n, controllers: before.controllers },
    });
    expect(net.events.filter(({ event }) => event === 'canisterOutOfCycles')).toHaveLength(1);
    net.network.checkCycles();
  });

  test('is charged no more afterwards, and works again once it has cycles and code', () => {
    const { net, id } = withCanister(poor, 5n * trillion);
    pass(net, 30 * day);
    pass(net, 30 * day);
    net.management.topUpCanister(id, trillion);
    pass(net, 10 * second);
    expect(net.network.canister(id).cycles).toBe(trillion);
  });

  test('rejects the calls it has not answered, and their cycles return', () => {
    const { net, id } = withCanister(poor, 5n * trillion);
    const [caller, slow] = [net.canister(), net.canister()];
    net.network.faults.add({ caller: id }, { kind: 'delayReply', milliseconds: 60 * day });
    const waiting = program().call({ to: slow, arg: program().reply(), onReply: program().reply('late') });
    const ingress = net.submit(
      caller,
      program().call({
        to: id,
        arg: waiting,
        cycles: 7n,
        onReject: program().appendRejectMessage().appendNumber('refunded').reply(),
      }),
    );
    net.network.run();
    pass(net, 30 * day);
    const status = net.network.ingressStatus(ingress);
    if (status.status !== 'replied') throw new Error(`The caller was not answered: ${status.status}.`);
    expect(new TextDecoder().decode(status.reply)).toContain('Canister has been uninstalled.');
    expect(status.reply.at(-8)).toBe(7);
    net.network.checkCycles();
  });
});
