import { describe, expect, test } from 'vitest';
import { CallNotAnsweredError, LocalNetwork } from '../../src/localnet/index.ts';
import { program } from './support/program.ts';
import { TestNetwork, user } from './support/test-network.ts';

describe('a network', () => {
  test('executes one message per step and nothing by itself', () => {
    const net = new TestNetwork();
    const [caller, callee] = [net.canister(), net.canister()];
    const call = program().call({
      to: callee,
      arg: program().reply('pong'),
      onReply: program().reply('done'),
    });
    const ingress = net.submit(caller, call);
    expect(net.network.ingressStatus(ingress)).toEqual({ status: 'received' });
    expect(net.network.step()).toMatchObject({
      kind: 'update',
      canisterId: caller.toText(),
      outcome: 'committed',
    });
    expect(net.network.ingressStatus(ingress)).toEqual({ status: 'processing' });
    expect(net.network.step()).toMatchObject({ kind: 'update', canisterId: callee.toText() });
    expect(net.network.step()).toMatchObject({ kind: 'reply', canisterId: caller.toText(), method: 'run' });
    expect(net.network.ingressStatus(ingress)).toEqual({
      status: 'replied',
      reply: new Uint8Array(Buffer.from('done')),
    });
    expect(net.network.step()).toBeUndefined();
  });

  test('starts with the time and the canister ids of PocketIC', () => {
    const net = new TestNetwork();
    expect(new Date(Number(net.network.timeNanos / 1_000_000n)).toISOString()).toBe(
      '2021-05-06T19:17:10.000Z',
    );
    expect(net.management.createCanister().toText()).toBe('lxzze-o7777-77777-aaaaa-cai');
    expect(net.management.createCanister().toText()).toBe('lqy7q-dh777-77777-aaaaq-cai');
  });

  test('knows the next thing that will happen by itself', () => {
    const net = new TestNetwork();
    const id = net.canister();
    expect(net.network.nextEventTimeNanos()).toBeUndefined();
    const due = net.network.timeNanos + 5_000_000_000n;
    net.run(id, program().setTimer(due).reply());
    expect(net.network.nextEventTimeNanos()).toBe(due);
    net.network.runFor(4_999);
    expect(net.network.canister(id).globalTimerNanos).toBe(due);
    net.network.runFor(1);
    expect(net.network.canister(id).globalTimerNanos).toBe(0n);
  });

  test('does not wait for ever for a call that is never answered', () => {
    const net = new TestNetwork();
    const [caller, callee] = [net.canister(), net.canister()];
    net.network.faults.add({ caller }, { kind: 'delay', milliseconds: 7_200_000 });
    const attempt = program().call({ to: callee, arg: program().reply() });
    expect(() => net.run(caller, attempt)).toThrow(CallNotAnsweredError);
  });

  test('moves its clock forward only', () => {
    const network = new LocalNetwork({ startTimeNanos: 5n });
    network.advanceTime(1);
    expect(network.timeNanos).toBe(1_000_005n);
    expect(() => {
      network.advanceTime(-1);
    }).toThrow('Time does not go backwards');
  });

  test('says which canister it does not know', () => {
    expect(() => new LocalNetwork().canister(user)).toThrow(
      `There is no canister ${user.toText()} in this network.`,
    );
  });

  test('gives each canister its own view of environment variables and status', () => {
    const net = new TestNetwork();
    const id = net.canister();
    net.management.updateSettings(id, { environment_variables: [{ name: 'SAGA_ID', value: 'job 7' }] });
    expect(net.runText(id, program().appendVariable('SAGA_ID').reply())).toBe('job 7');
    expect(
      net.lookNumbers(id, program().appendNumber('variableCount').appendNumber('status').reply()),
    ).toEqual([1n, 1n]);
    expect(
      net.rejection(() => net.run(id, program().appendVariable('NONE').reply())).rejectMessage,
    ).toContain('Environment variable NONE not found.');
  });

  test('counts the instructions of an execution and of its whole call', () => {
    const net = new TestNetwork();
    const [caller, callee] = [net.canister(), net.canister()];
    const onReply = program().appendNumber('instructions').appendNumber('contextInstructions').reply();
    const attempt = program().spin(100_000).call({ to: callee, arg: program().reply(), onReply });
    const [own = 0n, whole = 0n] = net.runNumbers(caller, attempt);
    expect(own).toBeLessThan(100_000n);
    expect(whole).toBeGreaterThan(400_000n);
  });
});
