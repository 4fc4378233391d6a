import { describe, expect, test } from 'vitest';
import type { FaultAction } from '../../src/localnet/index.ts';
import { program } from './support/program.ts';
import { programmableCanister } from './support/programmable-canister.ts';
import { TestNetwork } from './support/test-network.ts';

const minute = 60_000;
const trillion = 1_000_000_000_000n;

function withFault(action: FaultAction, options: { nth?: number } = {}) {
  const net = new TestNetwork();
  const [caller, callee] = [net.canister(), net.canister()];
  const rule = net.network.faults.add({ caller, callee, method: 'run', ...options }, action);
  const onReply = program().append('reply ').appendArgument().reply();
  const onReject = program().append('reject ').appendRejectMessage().reply();
  const attempt = () =>
    net.runText(
      caller,
      program().call({
        to: callee,
        arg: program().addToHeap(1n).reply('done'),
        onReply,
        onReject,
        cycles: trillion,
      }),
    );
  const executed = () => net.lookNumbers(callee, program().appendNumber('heapCounter').reply())[0];
  const spent = () => 100n * trillion - net.network.canister(caller).cycles;
  return { net, caller, callee, rule, attempt, executed, spent };
}

describe('a fault', () => {
  test('rejects a call with any code instead of executing it, and refunds it', () => {
    const rejection = { rejectCode: 2, errorCode: 'IC0209', message: 'rate limited' } as const;
    const { attempt, executed, spent } = withFault({ kind: 'reject', rejection });
    expect(attempt()).toBe('reject IC0209: rate limited');
    expect(executed()).toBe(0n);
    expect(spent()).toBeLessThan(trillion);
  });

  test('drops a call before it is executed: SYS_UNKNOWN, not applied, cycles back', () => {
    const { attempt, executed, spent } = withFault({ kind: 'dropBeforeExecution' });
    expect(attempt()).toBe('reject Call deadline has expired.');
    expect(executed()).toBe(0n);
    expect(spent()).toBeLessThan(trillion);
  });

  test('drops a reply after the call was executed: SYS_UNKNOWN, applied', () => {
    const { attempt, executed, spent } = withFault({ kind: 'dropReply' });
    expect(attempt()).toBe('reject Call deadline has expired.');
    expect(executed()).toBe(1n);
    expect(spent()).toBeLessThan(trillion);
  });

  test('applies a call after its caller was told SYS_UNKNOWN', () => {
    const { net, attempt, executed } = withFault({ kind: 'applyLater', milliseconds: minute }, { nth: 1 });
    expect(attempt()).toBe('reject Call deadline has expired.');
    expect(executed()).toBe(0n);
    // Calls made meanwhile pass it.
    expect(attempt()).toBe('reply done');
    expect(executed()).toBe(1n);
    net.network.runFor(minute);
    expect(executed()).toBe(2n);
  });

  test('delays a request and everything behind it, or a reply', () => {
    const { net, attempt } = withFault({ kind: 'delay', milliseconds: minute }, { nth: 1 });
    const start = net.network.timeNanos;
    expect(attempt()).toBe('reply done');
    expect(net.network.timeNanos - start).toBe(60_000_000_000n);
    const late = withFault({ kind: 'delayReply', milliseconds: minute });
    expect(late.attempt()).toBe('reply done');
    expect(late.net.network.timeNanos - start).toBe(60_000_000_000n);
  });

  test('traps the entry point or the callback', () => {
    const entry = withFault({ kind: 'trap', message: 'forced' });
    expect(entry.attempt()).toMatch(/^reject IC0503: .*'forced'/);
    expect(entry.executed()).toBe(0n);
    const callback = withFault({ kind: 'trapCallback', message: 'forced' });
    expect(callback.net.rejection(callback.attempt).rejectMessage).toContain("'forced'");
    expect(callback.executed()).toBe(1n);
  });

  test('lets the entry point or the callback run out of instructions, in the middle', () => {
    const entry = withFault({ kind: 'limitInstructions', instructions: 50n }, { nth: 1 });
    expect(entry.attempt()).toMatch(/^reject IC0522: /);
    expect(entry.executed()).toBe(0n);
    expect(entry.attempt()).toBe('reply done');
    const callback = withFault({ kind: 'limitCallback', instructions: 50n }, { nth: 1 });
    expect(callback.net.rejection(callback.attempt)).toMatchObject({ errorCode: 'IC0522' });
    expect(callback.executed()).toBe(1n);
    expect(callback.attempt()).toBe('reply done');
  });

  test('can hit only the n-th call, and counts', () => {
    const { net, rule, attempt } = withFault({ kind: 'dropBeforeExecution' }, { nth: 2 });
    expect([attempt(), attempt(), attempt()].map((text) => text.split(' ')[0])).toEqual([
      'reply',
      'reject',
      'reply',
    ]);
    expect(net.network.faults.matchCount(rule)).toBe(3);
  });

  test('that was removed happens no more', () => {
    const { net, rule, attempt } = withFault({ kind: 'dropReply' });
    net.network.faults.remove(rule);
    expect(attempt()).toBe('reply done');
  });
});

describe('a hook before steps', () => {
  test('can upgrade a canister exactly between two messages', () => {
    const net = new TestNetwork();
    const [caller, callee] = [net.canister(), net.canister()];
    const module = programmableCanister({ variant: 1 });
    const arg = program().addToHeap(100n).bytes;
    const ahead = net.managementAhead;
    let upgraded = false;
    const remove = net.network.faults.beforeStep(() => {
      if (net.network.canister(caller).openCallbacks === 0 || upgraded) return;
      upgraded = true;
      ahead.installCode(callee, { mode: 'upgrade', module, arg });
    });
    const reply = net.runNumbers(
      caller,
      program().call({
        to: callee,
        arg: program().appendNumber('heapCounter').reply(),
        onReply: program().appendArgument().reply(),
      }),
    );
    remove();
    expect(reply).toEqual([100n]);
  });
});
