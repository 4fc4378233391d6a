import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CallRejectedError, managementCanisterId } from '../../src/localnet/index.ts';
import * as signatures from '../../src/localnet/management/signatures.ts';
import { program } from './support/program.ts';
import { TestNetwork, user } from './support/test-network.ts';

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

describe('between two steps', () => {
  /** What a query and a call are told after so long, without anything having been executed. */
  function after(milliseconds: number, cycles: bigint, settings: Record<string, bigint> = poor) {
    const { net, id } = withCanister(settings, cycles);
    net.network.advanceTime(milliseconds);
    const query = () => net.lookNumbers(id, program().appendNumber('balance').reply());
    const submit = () => net.submit(id, program().reply());
    return { net, id, query, submit };
  }

  test('a query sees the balance that the next step will leave', () => {
    const { net, id, query } = after(day, 50n * trillion);
    const balance = query();
    expect(balance).toHaveLength(1);
    expect(balance[0]).toBeLessThan(net.network.canister(id).cycles);
    net.network.run();
    expect(query()).toEqual(balance);
  });

  test('a canister that is frozen by now answers no query, and accepts no call', () => {
    // Nine days' worth, of which two have passed and eight must be kept.
    const { net, id, query, submit } = after(2 * day, 10n * trillion, {
      ...poor,
      freezing_threshold: 8n * 86_400n,
    });
    const rejections = () => [net.rejection(query), net.rejection(submit)];
    expect(rejections()).toMatchObject([{ errorCode: 'IC0207' }, { errorCode: 'IC0207' }]);
    net.network.run();
    expect(net.network.canister(id).moduleHash).toBeDefined();
    expect(rejections()).toMatchObject([{ errorCode: 'IC0207' }, { errorCode: 'IC0207' }]);
  });

  test('a canister that has run out of cycles has no code any more', () => {
    const { net, id, query, submit } = after(30 * day, 5n * trillion);
    const rejections = () => [net.rejection(query), net.rejection(submit)];
    const told = rejections();
    expect(told).toMatchObject([{ errorCode: 'IC0537' }, { errorCode: 'IC0537' }]);
    const status = () => {
      const { encodeArgument, decodeResult } = signatures.canisterStatus;
      const arg = encodeArgument({ canister_id: id });
      const call = { sender: user, canisterId: managementCanisterId, method: 'canister_status', arg };
      return decodeResult(net.network.query(call));
    };
    const seen = status();
    expect(seen).toMatchObject({ module_hash: [], cycles: 0n, settings: { memory_allocation: 0n } });
    net.network.run();
    expect(status()).toEqual(seen);
    expect(rejections()).toEqual(told);
  });

  test('a call that the canister can still pay for is charged for, and executed', () => {
    const { net, id, submit } = after(day, 50n * trillion);
    const before = net.network.canister(id).cycles;
    const ingress = submit();
    expect(net.network.canister(id).cycles).toBeLessThan(before);
    net.network.run();
    expect(net.network.ingressStatus(ingress).status).toBe('replied');
    net.network.checkCycles();
  });

  test('asking changes nothing, whenever and however often', () => {
    const moments = fc.array(fc.integer({ min: 0, max: 20 * day }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(moments, fc.boolean(), (jumps, isRich) => {
        const { net, query } = after(0, (isRich ? 500n : 5n) * trillion);
        const before = net.network.checkpoint();
        const play = (ask: () => unknown) => {
          net.network.restore(before);
          for (const jump of jumps) {
            net.network.advanceTime(jump);
            ask();
          }
          const unasked = net.network.checkpoint().state;
          net.network.run();
          return [unasked, net.network.checkpoint().state];
        };
        const asking = () => {
          try {
            query();
          } catch (error) {
            if (!(error instanceof CallRejectedError)) throw error;
          }
        };
        expect(play(asking)).toEqual(play(() => undefined));
      }),
      { numRuns: 20 },
    );
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
