import { describe, expect, test } from 'vitest';
import { program } from './support/program.ts';
import { programmableCanister } from './support/programmable-canister.ts';
import { TestNetwork } from './support/test-network.ts';

const far = 2n ** 62n;
const count = () => program().store('globalTimer', program().addToHeap(1n));
const counted = (net: TestNetwork, id: ReturnType<TestNetwork['canister']>) =>
  net.lookNumbers(id, program().appendNumber('heapCounter').reply())[0];
const setTimer = (time: bigint) => program().setTimer(time).appendNumber('lastResult').reply();

describe('the global timer', () => {
  test('answers what it was set to before', () => {
    const net = new TestNetwork();
    const id = net.canister();
    expect(net.runNumbers(id, setTimer(far))).toEqual([0n]);
    expect(net.runNumbers(id, setTimer(far + 1n))).toEqual([far]);
    const twice = program().setTimer(5n).setTimer(far).appendNumber('lastResult').reply();
    expect(net.runNumbers(id, twice)).toEqual([5n]);
  });

  test('fires once, when its time has come', () => {
    const net = new TestNetwork();
    const id = net.canister({ init: count() });
    net.run(id, setTimer(net.network.timeNanos + 1_000_000_000n));
    net.network.run();
    expect(counted(net, id)).toBe(0n);
    net.network.advanceTime(999);
    net.network.run();
    expect(counted(net, id)).toBe(0n);
    net.network.advanceTime(1);
    net.network.run();
    net.network.advanceTime(10_000);
    net.network.run();
    expect(counted(net, id)).toBe(1n);
  });

  test('set into the past fires as soon as possible', () => {
    const net = new TestNetwork();
    const id = net.canister({ init: count() });
    net.run(id, setTimer(1n));
    net.network.run();
    expect(counted(net, id)).toBe(1n);
  });

  test('is inactive inside its own callback, which may set it again', () => {
    const net = new TestNetwork();
    const again = program().addToHeap(1n).setTimer(far);
    const id = net.canister({ init: program().store('globalTimer', again).setTimer(1n) });
    net.network.advanceTime(1);
    net.network.run();
    expect(net.network.canister(id).globalTimerNanos).toBe(far);
    expect(counted(net, id)).toBe(1n);
  });

  test('is inactive after its callback trapped', () => {
    const net = new TestNetwork();
    const id = net.canister({ init: program().store('globalTimer', program().trap('x')).setTimer(1n) });
    net.network.advanceTime(1);
    net.network.run();
    expect(net.runNumbers(id, setTimer(far))).toEqual([0n]);
    expect(net.network.canister(id).log).toEqual(['[TRAP]: x']);
  });

  test('calls other canisters as aaaaa-aa and owes nobody an answer', () => {
    const net = new TestNetwork();
    const callee = net.canister();
    const onReply = program().addToHeap(10n);
    const timer = program().call({ to: callee, arg: program().reply(), onReply });
    const id = net.canister({ init: program().store('globalTimer', timer).setTimer(1n) });
    net.network.run();
    expect(counted(net, id)).toBe(10n);
    expect(net.network.canister(id).openCallContexts).toBe(0);
  });

  test('waits while the canister is stopped and fires after it starts', () => {
    const net = new TestNetwork();
    const id = net.canister({ init: count() });
    net.run(id, setTimer(net.network.timeNanos + 1n));
    net.management.stopCanister(id);
    net.network.advanceTime(1);
    net.network.run();
    expect(timerRuns(net, id)).toBe(0);
    net.management.startCanister(id);
    net.network.run();
    expect(counted(net, id)).toBe(1n);
  });

  test.each(['reinstall', 'upgrade'] as const)('is cleared by %s', (mode) => {
    const net = new TestNetwork();
    const id = net.canister();
    net.run(id, setTimer(far));
    net.management.installCode(id, { mode, module: programmableCanister() });
    expect(net.runNumbers(id, setTimer(far))).toEqual([0n]);
  });

  test('set in pre_upgrade is lost, set in post_upgrade stays', () => {
    const net = new TestNetwork();
    const id = net.canister({ init: program().store('preUpgrade', program().setTimer(far)) });
    net.management.installCode(id, { mode: 'upgrade', module: programmableCanister() });
    expect(net.network.canister(id).globalTimerNanos).toBe(0n);
    const arg = program().setTimer(far).bytes;
    net.management.installCode(id, { mode: 'upgrade', module: programmableCanister(), arg });
    expect(net.network.canister(id).globalTimerNanos).toBe(far);
  });
});

describe('a heartbeat', () => {
  test('and a due timer run before an update that is submitted later', () => {
    const net = new TestNetwork();
    const init = program()
      .store('heartbeat', program().addToHeap(1n))
      .store('globalTimer', program().addToHeap(100n));
    const id = net.canister({ heartbeat: true, init });
    net.run(id, setTimer(1n));
    const before = counted(net, id) ?? 0n;
    expect(net.runNumbers(id, program().appendNumber('heapCounter').reply())).toEqual([before + 101n]);
  });

  test('runs about once a second while time passes', () => {
    const net = new TestNetwork();
    const id = net.canister({ heartbeat: true, init: program().store('heartbeat', program().addToHeap(1n)) });
    net.network.run();
    const before = counted(net, id) ?? 0n;
    net.network.runFor(10_000);
    expect((counted(net, id) ?? 0n) - before).toBe(10n);
  });
});

/** How often the timer callback ran, from the events: a stopped canister answers no query. */
function timerRuns(net: TestNetwork, id: ReturnType<TestNetwork['canister']>): number {
  return net.events.filter(
    (event) => event.event === 'step' && event.kind === 'globalTimer' && event.canisterId === id.toText(),
  ).length;
}
