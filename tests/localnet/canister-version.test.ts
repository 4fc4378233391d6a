import { describe, expect, test } from 'vitest';
import { program } from './support/program.ts';
import { programmableCanister } from './support/programmable-canister.ts';
import { TestNetwork } from './support/test-network.ts';

const version = () => program().appendNumber('version').reply();

/* The numbers are those of ic-ref-test, 'canister version'. */
describe('the canister version', () => {
  test('is 0 for a new canister, and init sees 1', () => {
    const net = new TestNetwork();
    const empty = net.management.createCanister();
    expect(net.network.canister(empty).version).toBe(0n);
    const id = net.canister({ init: program().print('init') });
    expect(net.network.canister(id).version).toBe(1n);
  });

  test('rises after every successful update, which sees the value before', () => {
    const net = new TestNetwork();
    const id = net.canister();
    expect([1, 2, 3].map(() => net.runNumbers(id, version())[0])).toEqual([1n, 2n, 3n]);
  });

  test('does not rise after a trap or a query, replicated or not', () => {
    const net = new TestNetwork();
    const id = net.canister();
    net.rejection(() => net.run(id, program().trap('x')));
    net.look(id, version());
    const caller = net.canister();
    net.run(caller, program().call({ to: id, method: 'look', arg: version(), onReply: program().reply() }));
    expect(net.network.canister(id).version).toBe(1n);
  });

  test('is seen one higher by the callback', () => {
    const net = new TestNetwork();
    const [caller, callee] = [net.canister(), net.canister()];
    const attempt = program().call({ to: callee, arg: program().reply(), onReply: version() });
    expect(net.runNumbers(caller, attempt)).toEqual([2n]);
    expect(net.network.canister(caller).version).toBe(3n);
  });

  test('rises for a cleanup that succeeds and not for a callback that trapped', () => {
    const trapping = { arg: program().reply(), onReply: program().trap('x') };
    const afterTrap = (onCleanup?: ReturnType<typeof program>): bigint => {
      const net = new TestNetwork();
      const [caller, callee] = [net.canister(), net.canister()];
      const call = program().call({ to: callee, ...trapping, ...(onCleanup && { onCleanup }) });
      net.rejection(() => net.run(caller, call));
      return net.network.canister(caller).version;
    };
    expect(afterTrap()).toBe(2n);
    expect(afterTrap(program().addToHeap(1n))).toBe(3n);
    expect(afterTrap(program().trap('y'))).toBe(2n);
  });

  test('rises by one for an upgrade, which post_upgrade sees', () => {
    const net = new TestNetwork();
    const id = net.canister();
    const arg = program().setTimer(1n).bytes;
    net.management.installCode(id, { mode: 'upgrade', module: programmableCanister({ variant: 1 }), arg });
    expect(net.network.canister(id).version).toBe(2n);
  });

  test('rises for reinstall, uninstall and installing again', () => {
    const net = new TestNetwork();
    const id = net.canister();
    net.management.installCode(id, { mode: 'reinstall', module: programmableCanister() });
    expect(net.network.canister(id).version).toBe(2n);
    net.management.uninstallCode(id);
    net.management.installCode(id, { module: programmableCanister() });
    expect(net.network.canister(id).version).toBe(4n);
  });

  test('stays after an installation or upgrade that failed', () => {
    const net = new TestNetwork();
    const id = net.canister();
    const arg = program().trap('no').bytes;
    for (const mode of ['reinstall', 'upgrade'] as const) {
      net.rejection(() => {
        net.management.installCode(id, { mode, module: programmableCanister({ variant: 1 }), arg });
      });
    }
    expect(net.network.canister(id).version).toBe(1n);
  });

  test('rises for settings, for stopping, for having stopped and for starting', () => {
    const net = new TestNetwork();
    const id = net.canister();
    net.management.updateSettings(id, {});
    expect(net.network.canister(id).version).toBe(2n);
    net.management.stopCanister(id);
    expect(net.network.canister(id).version).toBe(4n);
    net.management.startCanister(id);
    expect(net.network.canister(id).version).toBe(5n);
  });

  test('rises for heartbeats and timers', () => {
    const net = new TestNetwork();
    const id = net.canister({ heartbeat: true, init: program().setTimer(1n) });
    net.network.run();
    const before = net.network.canister(id).version;
    net.network.advanceTime(1);
    net.network.run();
    expect(net.network.canister(id).version).toBe(before + 1n);
  });
});
