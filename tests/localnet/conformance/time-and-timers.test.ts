import { IDL } from '@dfinity/candid';
import { describe, expect, test } from 'vitest';
import { managementCanisterId } from '../../../src/localnet/index.ts';
import { program, type Program } from '../support/program.ts';
import { programmableCanister } from '../support/programmable-canister.ts';
import { TestNetwork, user } from '../support/test-network.ts';

/* Groups 'time' and 'canister global timer' of ic-ref-test and its suite 'Timer'; names and numbers are its. */

const tellTime = program().appendNumber('time').reply();
const keepTime = program().system('time').keepResult();

describe('time', () => {
  function canister(init = program()) {
    const net = new TestNetwork();
    net.network.advanceTime(1_234);
    const id = net.canister({ init });
    const kept = () => net.lookNumbers(id, program().appendNumber('heapCounter').reply())[0];
    const upgrade = (arg = program()) => {
      const module = programmableCanister({ variant: 1 });
      net.management.installCode(id, { mode: 'upgrade', module, arg: arg.bytes });
    };
    return { net, id, kept, upgrade };
  }

  test('in query', () => {
    const { net, id } = canister();
    expect(net.lookNumbers(id, tellTime)).toEqual([net.network.timeNanos]);
    expect(net.composeNumbers(id, tellTime)).toEqual([net.network.timeNanos]);
  });

  test('in update', () => {
    const { net, id } = canister();
    expect(net.runNumbers(id, tellTime)).toEqual([net.network.timeNanos]);
    net.network.advanceTime(1);
    // Constant while a message runs.
    const twice = program().appendNumber('time').spin(1_000).appendNumber('time').reply();
    expect(net.runNumbers(id, twice)).toEqual([net.network.timeNanos, net.network.timeNanos]);
  });

  test('in install', () => {
    const { net, kept } = canister(keepTime);
    expect(kept()).toBe(net.network.timeNanos);
  });

  test('in pre_upgrade', () => {
    const { net, id, upgrade } = canister();
    const check = program().system('time').requireResult(net.network.timeNanos).growStable(1n);
    net.run(id, program().store('preUpgrade', check).reply());
    upgrade();
    expect(net.lookNumbers(id, program().appendNumber('stableSize').reply())).toEqual([1n]);
  });

  test('in post_upgrade', () => {
    const { net, kept, upgrade } = canister();
    net.network.advanceTime(5);
    upgrade(keepTime);
    expect(kept()).toBe(net.network.timeNanos);
  });
});

describe('canister global timer', () => {
  const count = program().addToHeap(1n);
  /** Sets the timer and answers what it was. */
  const set = (time: bigint) => program().setTimer(time).appendNumber('lastResult').reply();

  function canister(init = program()) {
    const net = new TestNetwork();
    const id = net.canister({ init: program().store('globalTimer', count).followedBy(init) });
    const setTimer = (time: bigint) => net.runNumbers(id, set(time))[0];
    const fired = () => {
      net.network.run();
      return net.lookNumbers(id, program().appendNumber('heapCounter').reply())[0];
    };
    const upgrade = (arg = program()) => {
      const module = programmableCanister({ variant: 1 });
      net.management.installCode(id, { mode: 'upgrade', module, arg: arg.bytes });
    };
    const { timeNanos } = net.network;
    return {
      net,
      id,
      setTimer,
      fired,
      upgrade,
      far: timeNanos + 10n ** 18n,
      farther: timeNanos + 2n * 10n ** 18n,
    };
  }

  test('in update', () => {
    const { net, id, setTimer, far, farther } = canister();
    expect(setTimer(far)).toBe(0n);
    expect(setTimer(farther)).toBe(far);
    const twice = program()
      .setTimer(far)
      .appendNumber('lastResult')
      .setTimer(farther)
      .appendNumber('lastResult');
    expect(net.runNumbers(id, twice.reply())).toEqual([farther, far]);
  });

  test('in init', () => {
    const { setTimer, far } = canister(
      program()
        .setTimer(2n ** 61n)
        .requireResult(0n)
        .setTimer(2n ** 62n)
        .requireResult(2n ** 61n),
    );
    expect(setTimer(far)).toBe(2n ** 62n);
  });

  test('in pre-upgrade', () => {
    const { net, id, setTimer, upgrade, far, farther } = canister();
    setTimer(far);
    // The old code's timer is seen and may be set, but is lost.
    net.run(id, program().store('preUpgrade', program().setTimer(farther).requireResult(far)).reply());
    upgrade();
    expect(setTimer(far)).toBe(0n);
  });

  test('in post-upgrade', () => {
    const { setTimer, upgrade, far, farther } = canister();
    setTimer(far);
    upgrade(program().setTimer(farther).requireResult(0n));
    expect(setTimer(far)).toBe(farther);
  });

  test('in post-upgrade on stopped canister', () => {
    const { net, id, upgrade, fired } = canister();
    net.management.stopCanister(id);
    upgrade(program().store('globalTimer', count).setTimer(1n).requireResult(0n));
    net.network.run();
    net.management.startCanister(id);
    expect(fired()).toBe(1n);
  });

  test('in post-upgrade on stopping canister', () => {
    const { net, id, upgrade, fired } = canister();
    const other = net.canister();
    net.network.faults.add({ caller: id }, { kind: 'delay', milliseconds: 60_000 });
    net.submit(id, program().call({ to: other, arg: program().reply(), onReply: program().reply() }));
    net.network.run();
    const arg = IDL.encode([IDL.Record({ canister_id: IDL.Principal })], [{ canister_id: id }]);
    const stop = { sender: user, canisterId: managementCanisterId, method: 'stop_canister', arg };
    const stopping = net.network.submitUpdate(stop);
    net.network.run();
    expect(net.network.canister(id).status).toBe('stopping');
    upgrade(program().store('globalTimer', count).setTimer(1n).requireResult(0n));
    net.network.runFor(120_000);
    expect(net.network.ingressStatus(stopping).status).toBe('replied');
    net.management.startCanister(id);
    expect(fired()).toBe(1n);
  });

  test('in timer callback', () => {
    const { net, id, setTimer, fired, far, farther } = canister();
    net.run(
      id,
      program().store('globalTimer', program().setTimer(farther).requireResult(0n).addToHeap(1n)).reply(),
    );
    setTimer(1n);
    expect(fired()).toBe(1n);
    expect(setTimer(far)).toBe(farther);
  });

  test('deactivate timer', () => {
    const { net, setTimer, fired, far } = canister();
    setTimer(net.network.timeNanos + 1_000_000n);
    expect(setTimer(0n)).toBe(net.network.timeNanos + 1_000_000n);
    net.network.runFor(1_000);
    expect(fired()).toBe(0n);
    expect(setTimer(far)).toBe(0n);
  });

  test('set timer far in the past', () => {
    const { setTimer, fired, far } = canister();
    setTimer(1n);
    expect(fired()).toBe(1n);
    expect(setTimer(far)).toBe(0n);
  });

  test('set timer at current time', () => {
    const { net, setTimer, fired, far } = canister();
    setTimer(net.network.timeNanos);
    expect(fired()).toBe(1n);
    expect(setTimer(far)).toBe(0n);
  });

  test('stop and start canister', () => {
    const { net, id, setTimer, far, farther } = canister();
    setTimer(far);
    net.management.stopCanister(id);
    net.management.startCanister(id);
    expect(setTimer(farther)).toBe(far);
  });

  test('uninstall and install canister', () => {
    const { net, id, setTimer, far } = canister();
    setTimer(far);
    net.management.uninstallCode(id);
    net.management.installCode(id, { module: programmableCanister() });
    expect(setTimer(far)).toBe(0n);
  });

  test('upgrade canister', () => {
    const { setTimer, upgrade, far } = canister();
    setTimer(far);
    upgrade();
    expect(setTimer(far)).toBe(0n);
  });

  test('reinstall canister', () => {
    const { net, id, setTimer, far } = canister();
    setTimer(far);
    net.management.installCode(id, { mode: 'reinstall', module: programmableCanister() });
    expect(setTimer(far)).toBe(0n);
  });

  test('a due timer and a heartbeat run before an update that is submitted later', () => {
    const net = new TestNetwork();
    const stored = program().store('globalTimer', count).store('heartbeat', program().addToHeap(10n));
    const id = net.canister({ heartbeat: true, init: stored });
    const before = net.runNumbers(id, program().appendNumber('heapCounter').setTimer(1n).reply())[0] ?? 0n;
    const [after = 0n] = net.runNumbers(id, program().appendNumber('heapCounter').reply());
    expect(after - before).toBeGreaterThanOrEqual(11n);
    expect((after - before) % 10n).toBe(1n);
  });
});

describe('heartbeat', () => {
  test('called once for all canisters', () => {
    const net = new TestNetwork();
    const beat: Program = program().store('heartbeat', program().addToHeap(1n));
    const canisters = [1, 2, 3].map(() => net.canister({ heartbeat: true, init: beat }));
    const beats = () =>
      canisters.map((id) => net.lookNumbers(id, program().appendNumber('heapCounter').reply())[0] ?? 0n);
    const before = beats();
    net.network.advanceTime(1);
    net.network.run();
    expect(beats()).toEqual(before.map((count) => count + 1n));
  });

  test('runs as aaaaa-aa, cannot reply, and only its canister’s log tells of its traps', () => {
    const net = new TestNetwork();
    const id = net.canister({
      heartbeat: true,
      init: program().store('heartbeat', program().system('msg_caller_size').keepResult()),
    });
    net.network.advanceTime(1);
    net.network.run();
    expect(net.lookNumbers(id, program().appendNumber('heapCounter').reply())).toEqual([0n]);
    net.run(id, program().store('heartbeat', program().print('beat').trap('heart attack')).reply());
    net.network.advanceTime(1);
    net.network.run();
    expect(net.network.canister(id).log.slice(-2)).toEqual(['beat', '[TRAP]: heart attack']);
    net.run(id, program().store('heartbeat', program().reply()).reply());
    net.network.advanceTime(1);
    net.network.run();
    const last = net.events.filter((event) => event.event === 'step').at(-1);
    expect(last?.error).toContain('"ic0_msg_reply" cannot be executed in heartbeat mode');
  });
});
