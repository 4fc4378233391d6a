import { Principal } from '@dfinity/principal';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { maximumCallsPerMessage } from '../../src/durable-call/call-limits.ts';
import type { NetworkCheckpoint } from '../../src/localnet/index.ts';
import { buildCaller } from './canisters/builds.ts';
import { argumentOf, Rig } from './rig.ts';
import { expectAllAnswered, scriptAnswers, waysToAnswer } from './ways-to-answer.ts';

const stranger = Principal.selfAuthenticating(new Uint8Array(32).fill(9));

describe('a durable call', () => {
  let caller: Uint8Array;
  let rig: Rig;
  let installed: NetworkCheckpoint;

  beforeAll(async () => {
    caller = await buildCaller('caller');
    rig = new Rig(caller);
    rig.network.run();
    installed = rig.network.checkpoint();
  });

  beforeEach(() => {
    rig.network.restore(installed);
  });

  it.each(waysToAnswer)('hands its outcome to the handler: $name', (way) => {
    scriptAnswers(rig, 1_000);
    const [callId = 0] = rig.send(way.send);
    rig.network.runFor(10_000);
    expectAllAnswered(rig.responses(), [{ way, callId }]);
  });

  it('hands over long replies unchanged', () => {
    const payload = Uint8Array.from({ length: 20_000 }, (_, index) => index * 7);
    const [callId = 0] = rig.send({ method: 'echo', payload });
    rig.network.run();
    expect(rig.responses()).toMatchObject([{ callId, reply: argumentOf(callId, payload) }]);
  });

  it('carries cycles, and tells what came back', () => {
    const ids = [
      ...rig.send({ method: 'keep', cycles: 5_000n }),
      ...rig.send({ method: 'crash', cycles: 5_000n }),
    ];
    rig.network.run();
    expect(rig.responses()).toMatchObject([
      { callId: ids[0], rejectCode: 0, refundedCycles: 4_000 },
      { callId: ids[1], rejectCode: 5, refundedCycles: 5_000 },
    ]);
  });

  it('is answered with code 6 when its bounded wait ends, and not before', () => {
    rig.network.faults.add({ method: 'echo' }, { kind: 'delayReply', milliseconds: 1_000_000 });
    const [callId] = rig.send({ method: 'echo', timeoutSeconds: 300 });
    rig.network.runFor(298_000);
    expect(rig.responses()).toEqual([]);
    rig.network.runFor(4_000);
    expect(rig.responses()).toMatchObject([{ callId, rejectCode: 6 }]);
    rig.network.runFor(1_000_000);
    expect(rig.responses()).toHaveLength(1);
  });

  it('waits without limit when its timeout is 0', () => {
    rig.network.faults.add({ method: 'echo' }, { kind: 'delayReply', milliseconds: 1_000_000 });
    const [callId = 0] = rig.send({ method: 'echo' });
    rig.network.runFor(999_000);
    expect(rig.responses()).toEqual([]);
    rig.network.runFor(2_000);
    expect(rig.responses()).toMatchObject([{ callId, rejectCode: 0, reply: argumentOf(callId) }]);
  });

  it.each([
    ['a timeout above 300 seconds', { timeoutSeconds: 301 }],
    ['a fraction of a second', { timeoutSeconds: 1.5 }],
    ['a negative timeout', { timeoutSeconds: -1 }],
    ['no number at all', { timeoutSeconds: Number.NaN }],
    ['call id 0', { firstCallId: 0 }],
    ['a call id of 32 bits', { firstCallId: 2 ** 31 }],
    ['more cycles than 128 bits', { cycles: 2n ** 128n }],
    ['a method name with a marker in it', { method: 'echo\u001f5' }],
  ])('is refused with a typed error for %s', (_, wrong) => {
    expect(rig.trySend({ method: 'echo', ...wrong })).toBe('durable-call.invalid-argument');
    rig.network.run();
    expect(rig.responses()).toEqual([]);
  });

  it('is refused with a typed error when the cycles are not there', () => {
    expect(rig.trySend({ method: 'keep', cycles: 10n ** 30n })).toBe('durable-call.insufficient-cycles');
  });

  it('is refused with a typed error while the queue to the callee is full', () => {
    const narrow = new Rig(caller, { queueCapacity: 2 });
    narrow.network.faults.add({ method: 'echo' }, { kind: 'delayReply', milliseconds: 1_000 });
    narrow.send({ method: 'echo', count: 2 });
    expect(narrow.trySend({ method: 'echo' })).toBe('durable-call.not-sent');
    narrow.network.runFor(2_000);
    expect(narrow.responses()).toHaveLength(2);
    narrow.send({ method: 'echo' });
    narrow.network.runFor(2_000);
    expect(narrow.responses()).toHaveLength(3);
  });

  it(`can be made ${maximumCallsPerMessage} times in a message, and no more`, () => {
    expect(rig.send({ method: 'echo', count: maximumCallsPerMessage })).toHaveLength(maximumCallsPerMessage);
    expect(rig.trySend({ method: 'echo', count: maximumCallsPerMessage + 1 })).toBe(
      'durable-call.too-many-calls',
    );
  });

  it('loses only its own answer when the handler traps', () => {
    const ids = rig.send({ method: 'echo', count: 3 });
    rig.trapOnResponse(ids[1] ?? 0);
    rig.network.run();
    const next = rig.send({ method: 'echo' });
    rig.network.run();
    expect(rig.responses().map(({ callId }) => callId)).toEqual([ids[0], ids[2], ...next]);
    expect(rig.network.canister(rig.caller).openCallbacks).toBe(0);
  });
});

describe('the response handler', () => {
  let rig: Rig;

  beforeAll(async () => {
    rig = new Rig(await buildCaller('caller'));
    rig.network.run();
  });

  it('cannot be called by a user', () => {
    const call = { sender: stranger, canisterId: rig.caller, method: 'onResponse', arg: new Uint8Array() };
    expect(() => rig.network.update(call)).toThrow(/has no update method 'onResponse'/);
    expect(() => rig.network.query(call)).toThrow(/has no query method 'onResponse'/);
    expect(rig.responses()).toEqual([]);
  });

  it('cannot be called by a canister, not even its own', () => {
    const [callId] = rig.send({ method: 'onResponse', canister: rig.caller });
    rig.network.run();
    expect(rig.responses()).toMatchObject([
      { callId, rejectCode: 5, message: expect.stringContaining("no update method 'onResponse'") as string },
    ]);
  });

  it('is the only place where a response can be read', () => {
    const call = { sender: stranger, canisterId: rig.caller, method: 'readOutsideHandler', arg: emptyCandid };
    expect(() => rig.network.update(call)).toThrow(/msg_method_name/);
  });
});

const emptyCandid = Uint8Array.of(0x44, 0x49, 0x44, 0x4c, 0, 0);
