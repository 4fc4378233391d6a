import { describe, expect, test } from 'vitest';
import { managementCanisterId } from '../../src/localnet/index.ts';
import { program, type Program } from './support/program.ts';
import { TestNetwork } from './support/test-network.ts';

const second = 1_000;
const reject = () =>
  program().appendNumber('rejectCode').appendNumber('refunded').appendRejectMessage().reply();
const parsed = (bytes: Uint8Array) => {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return {
    code: Number(view.getBigUint64(0, true)),
    refunded: view.getBigUint64(8, true),
    text: new TextDecoder().decode(bytes.subarray(16)),
  };
};
const unknown = { code: 6, refunded: 0n, text: 'Call deadline has expired.' };

function pair() {
  const net = new TestNetwork();
  const [caller, callee] = [net.canister(), net.canister()];
  const attempt = (arg: Program, options: { timeoutSeconds?: number; cycles?: bigint } = {}) =>
    program().call({
      to: callee,
      arg,
      onReply: program().appendArgument().reply(),
      onReject: reject(),
      ...options,
    });
  const executed = () => net.lookNumbers(callee, program().appendNumber('heapCounter').reply())[0];
  return { net, caller, callee, attempt, executed };
}

describe('a bounded-wait call', () => {
  test('shows the callee its deadline in whole seconds', () => {
    const { net, caller, attempt } = pair();
    net.network.advanceTime(500);
    const [deadline] = net.runNumbers(
      caller,
      attempt(program().appendNumber('deadline').reply(), { timeoutSeconds: 10 }),
    );
    expect(deadline).toBe((net.network.timeNanos / 1_000_000_000n + 10n) * 1_000_000_000n);
  });

  test('waits 300 seconds at most', () => {
    const { net, caller, attempt } = pair();
    const [deadline] = net.runNumbers(
      caller,
      attempt(program().appendNumber('deadline').reply(), { timeoutSeconds: 9_999 }),
    );
    expect(deadline).toBe((net.network.timeNanos / 1_000_000_000n + 300n) * 1_000_000_000n);
  });

  test('without a bound has no deadline', () => {
    const { net, caller, attempt } = pair();
    expect(net.runNumbers(caller, attempt(program().appendNumber('deadline').reply()))).toEqual([0n]);
  });

  test('whose callee is slow gets SYS_UNKNOWN after its deadline; the late refund comes home quietly', () => {
    const { net, caller, callee, attempt } = pair();
    const third = net.canister();
    // The callee answers only when its own call returns, which a fault delays.
    net.network.faults.add({ caller: callee }, { kind: 'delayReply', milliseconds: 60 * second });
    const arg = program().call({ to: third, arg: program().reply(), onReply: program().reply('late') });
    const balance = net.network.canister(caller).cycles;
    expect(parsed(net.run(caller, attempt(arg, { timeoutSeconds: 5, cycles: 1_000_000_000_000n })))).toEqual(
      unknown,
    );
    const lost = balance - net.network.canister(caller).cycles;
    expect(lost).toBeGreaterThan(1_000_000_000_000n);
    net.network.runFor(120 * second);
    expect(balance - net.network.canister(caller).cycles).toBeLessThan(1_000_000_000n);
    expect(net.network.canister(caller).openCallbacks).toBe(0);
  });

  test('that is not expired at its very second, only after it', () => {
    const { net, caller, attempt } = pair();
    net.network.faults.add({ caller, method: 'run' }, { kind: 'delay', milliseconds: 60 * second });
    const id = net.submit(caller, attempt(program().reply(), { timeoutSeconds: 5 }));
    net.network.run();
    net.network.advanceTime(5 * second);
    net.network.run();
    expect(net.network.ingressStatus(id).status).toBe('processing');
    net.network.advanceTime(second);
    net.network.run();
    expect(net.network.ingressStatus(id).status).toBe('replied');
  });

  test('still in the callee’s input queue is never executed; its cycles come back without a callback', () => {
    const { net, caller, attempt, executed } = pair();
    net.network.faults.add({ caller, method: 'run' }, { kind: 'delay', milliseconds: 60 * second });
    const balance = net.network.canister(caller).cycles;
    const arg = program().addToHeap(1n).reply();
    expect(parsed(net.run(caller, attempt(arg, { timeoutSeconds: 5, cycles: 1_000_000_000_000n })))).toEqual(
      unknown,
    );
    net.network.runFor(120 * second);
    expect(executed()).toBe(0n);
    expect(balance - net.network.canister(caller).cycles).toBeLessThan(1_000_000_000n);
  });

  test('still in the caller’s output queue is answered SYS_TRANSIENT with its cycles', () => {
    const { net, caller, attempt, executed } = pair();
    net.network.faults.add(
      { caller, method: 'run' },
      { kind: 'delay', milliseconds: 60 * second, place: 'outputQueue' },
    );
    const arg = program().addToHeap(1n).reply();
    expect(parsed(net.run(caller, attempt(arg, { timeoutSeconds: 5, cycles: 77n })))).toEqual({
      code: 2,
      refunded: 77n,
      text: 'Request timed out.',
    });
    net.network.runFor(120 * second);
    expect(executed()).toBe(0n);
  });

  test('to the management canister is executed however late', () => {
    const { net, caller } = pair();
    net.network.faults.add({ caller }, { kind: 'delay', milliseconds: 60 * second });
    const before = net.network.canisterIds().length;
    const management = net.canister();
    expect(net.network.canisterIds()).toHaveLength(before + 1);
    net.network.faults.add({ caller: management }, { kind: 'delay', milliseconds: 60 * second });
    const create = program().call({
      to: managementCanisterId,
      method: 'create_canister',
      arg: Uint8Array.from([...Buffer.from('DIDL'), 1, 0x6c, 0, 1, 0]),
      cycles: 2_000_000_000_000n,
      timeoutSeconds: 5,
      onReject: reject(),
    });
    expect(parsed(net.run(management, create))).toEqual(unknown);
    net.network.runFor(120 * second);
    expect(net.network.canisterIds()).toHaveLength(before + 2);
  });
});

describe('an unbounded-wait call', () => {
  test('waits for an answer however long it takes', () => {
    const { net, caller, attempt } = pair();
    net.network.faults.add({ caller, method: 'run' }, { kind: 'delay', milliseconds: 1_000 * second });
    const reply = net.run(caller, attempt(program().reply('at last')));
    expect(new TextDecoder().decode(reply)).toBe('at last');
  });

  test('that was not delivered for 300 seconds is answered SYS_TRANSIENT with its cycles', () => {
    const { net, caller, attempt } = pair();
    net.network.faults.add(
      { caller, method: 'run' },
      { kind: 'delay', milliseconds: 1_000 * second, place: 'outputQueue' },
    );
    expect(parsed(net.run(caller, attempt(program().reply(), { cycles: 5n })))).toEqual({
      code: 2,
      refunded: 5n,
      text: 'Request timed out.',
    });
  });
});
