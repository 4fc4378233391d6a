import { Principal } from '@dfinity/principal';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NetworkEvent } from '../../src/localnet/index.ts';
import { program, type Program } from './support/program.ts';
import { programmableCanister } from './support/programmable-canister.ts';
import { TestNetwork } from './support/test-network.ts';

/** What a canister does when it is called; canisters are numbers until the network exists. */
interface Plan {
  readonly calls: readonly {
    readonly to: number;
    readonly plan: Plan;
    readonly cycles: bigint;
    readonly timeoutSeconds: number | undefined;
    readonly afterwards: 'reply' | 'nothing' | 'trap';
  }[];
  readonly accept: bigint;
  readonly end: 'reply' | 'reject' | 'nothing' | 'trap' | 'unreachable';
}

const canisterCount = 3;

const deepestCall = 2;

function plansCalling(depth: number): fc.Arbitrary<Plan> {
  const calls =
    depth === 0
      ? fc.constant([])
      : fc.array(
          fc.record({
            to: fc.nat(canisterCount - 1),
            plan: plansCalling(depth - 1),
            cycles: fc.bigInt(0n, 1_000_000n),
            timeoutSeconds: fc.option(fc.integer({ min: 1, max: 10 }), { nil: undefined }),
            afterwards: fc.constantFrom('reply' as const, 'nothing' as const, 'trap' as const),
          }),
          { maxLength: 2 },
        );
  return fc.record({
    calls,
    accept: fc.bigInt(0n, 500_000n),
    end: fc.constantFrom('reply', 'reject', 'nothing', 'trap', 'unreachable'),
  });
}

function programOf(plan: Plan, canisters: readonly Principal[]): Program {
  const written = program().addToHeap(1n).addToGlobal(1n).acceptCycles(plan.accept);
  for (const call of plan.calls) {
    const [to] = canisters.slice(call.to);
    if (to === undefined) throw new Error('A plan calls a canister that does not exist.');
    const afterwards = program().addToHeap(1n).addToGlobal(1n);
    if (call.afterwards === 'trap') afterwards.trap('after a call');
    // A second reply would be a violation, which is a trap as well.
    if (call.afterwards === 'reply') afterwards.reply();
    written.call({
      to,
      arg: programOf(call.plan, canisters),
      onReply: afterwards,
      onReject: afterwards,
      onCleanup: program().addToHeap(1n).addToGlobal(1n),
      cycles: call.cycles,
      ...(call.timeoutSeconds === undefined ? {} : { timeoutSeconds: call.timeoutSeconds }),
    });
  }
  if (plan.end === 'reply') written.reply();
  if (plan.end === 'reject') written.reject('no');
  if (plan.end === 'trap') written.trap('at the end');
  if (plan.end === 'unreachable') written.unreachable();
  return written;
}

const schedules = fc.record({
  plans: fc.array(plansCalling(deepestCall), { minLength: 1, maxLength: 4 }),
  seed: fc.option(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { nil: undefined }),
  delays: fc.array(fc.record({ nth: fc.integer({ min: 1, max: 6 }), milliseconds: fc.nat(20_000) }), {
    maxLength: 2,
  }),
  /** Between which steps a canister is upgraded, whatever it waits for. */
  upgrades: fc.array(fc.record({ step: fc.nat(40), canister: fc.nat(canisterCount - 1) }), { maxLength: 2 }),
  lost: fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined }),
});

type Schedule = typeof schedules extends fc.Arbitrary<infer Value> ? Value : never;

/** A network in which a schedule has been carried out to the end. */
function carryOut(schedule: Schedule, liveInstances: number): { net: TestNetwork; canisters: Principal[] } {
  const net = new TestNetwork({
    liveInstances,
    // An upgrade leaves callbacks that run what they find, which may be an endless loop.
    instructionLimits: { update: 2_000_000n },
    ...(schedule.seed === undefined ? {} : { seed: schedule.seed }),
  });
  const canisters = Array.from({ length: canisterCount }, () => net.canister());
  const canisterAt = (index: number): Principal => {
    const [id] = canisters.slice(index % canisterCount);
    if (id === undefined) throw new Error('There are fewer canisters than planned.');
    return id;
  };
  for (const { nth, milliseconds } of schedule.delays) {
    net.network.faults.add({ method: 'run', nth }, { kind: 'delay', milliseconds });
  }
  if (schedule.lost !== undefined) {
    net.network.faults.add({ method: 'run', nth: schedule.lost }, { kind: 'dropReply' });
  }
  const ingress = schedule.plans.map((plan, index) =>
    net.submit(canisterAt(index), programOf(plan, canisters)),
  );
  for (let step = 0; step <= 40; step += 1) {
    for (const upgrade of schedule.upgrades) {
      if (upgrade.step !== step) continue;
      const module = programmableCanister({ variant: step });
      net.managementAhead.installCode(canisterAt(upgrade.canister), { mode: 'upgrade', module });
    }
    stepKeepingWhatTrapped(net);
  }
  net.network.runFor(120_000);
  net.network.checkCycles();
  for (const id of ingress) expect(net.network.ingressStatus(id).status).toMatch(/^(replied|rejected)$/);
  return { net, canisters };
}

/** Executes one message; if it trapped, the canister's memories must be the very images they were. */
function stepKeepingWhatTrapped(net: TestNetwork): void {
  const before = memoriesOf(net);
  const report = net.network.step();
  if (report === undefined || report.outcome === 'committed') return;
  const hasCleanup = report.kind === 'reply' || report.kind === 'reject';
  const after = memoriesOf(net);
  for (const [key, memories] of before) {
    // A trapped callback's cleanup may change its own canister.
    if (hasCleanup && key === Principal.fromText(report.canisterId).toHex()) continue;
    expect(after.get(key)?.heap).toBe(memories.heap);
    expect(after.get(key)?.stable).toBe(memories.stable);
  }
}

function memoriesOf(net: TestNetwork) {
  const { canisters } = net.network.checkpoint().state;
  return new Map([...canisters].map(([key, { code }]) => [key, { heap: code?.heap, stable: code?.stable }]));
}

test('any calls, traps, waits and upgrades keep cycles, order and answers, and roll back completely', () => {
  fc.assert(
    fc.property(schedules, (schedule) => {
      const { net, canisters } = carryOut(schedule, 24);
      expectOneResponsePerCall(net.events);
      expectOrderPerPair(net.events);
      const upgraded = new Set(schedule.upgrades.map(({ canister }) => canister));
      for (const [index, id] of canisters.entries()) {
        expect(net.network.canister(id)).toMatchObject({ openCallContexts: 0, openCallbacks: 0 });
        // After an upgrade callbacks meant for the old code run whatever they find in the new heap.
        if (upgraded.has(index)) continue;
        // Heap and globals count the same executions: neither may keep what a trap undid.
        const [heap, global] = net.lookNumbers(
          id,
          program().appendNumber('heapCounter').appendNumber('globalCounter').reply(),
        );
        expect(heap).toBe(global);
        expect(heap).toBe(committedExecutions(net.events, id));
      }
    }),
    { numRuns: 60 },
  );
});

test('a network that rebuilds every instance from its image does the same as one that rolls instances back', () => {
  fc.assert(
    fc.property(schedules, (schedule) => {
      const [live, rebuilt] = [carryOut(schedule, 24), carryOut(schedule, 0)];
      expect(rebuilt.net.events).toEqual(live.net.events);
      expect(memoriesOf(rebuilt.net)).toEqual(memoriesOf(live.net));
    }),
    { numRuns: 25 },
  );
});

function expectOneResponsePerCall(events: readonly NetworkEvent[]): void {
  const responses = new Map<string, number>();
  for (const event of events) {
    if (event.event !== 'responseSent') continue;
    const call = `${event.caller} ${event.callbackId}`;
    responses.set(call, (responses.get(call) ?? 0) + 1);
  }
  const calls = events.filter((event) => event.event === 'callSent');
  expect(responses.size).toBe(calls.length);
  expect([...responses.values()].every((count) => count === 1)).toBe(true);
}

/** Calls between two canisters are sent with rising callback ids, so their executions must show rising ones. */
function expectOrderPerPair(events: readonly NetworkEvent[]): void {
  const last = new Map<string, number>();
  for (const event of events) {
    if (event.event !== 'callDelivered') continue;
    const pair = `${event.caller} ${event.callee}`;
    expect(event.callbackId).toBeGreaterThan(last.get(pair) ?? 0);
    last.set(pair, event.callbackId);
  }
}

/** Every committed entry adds one to both counters; a trapped callback adds one by its cleanup. */
function committedExecutions(events: readonly NetworkEvent[], id: Principal): bigint {
  const steps = events.filter((event) => event.event === 'step' && event.canisterId === id.toText());
  const counted = steps.filter((event) => {
    if (event.event !== 'step') return false;
    if (event.kind === 'update') return event.outcome === 'committed';
    return event.kind === 'reply' || event.kind === 'reject';
  });
  return BigInt(counted.length);
}
