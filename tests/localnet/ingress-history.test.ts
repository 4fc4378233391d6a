import { Principal } from '@dfinity/principal';
import { describe, expect, test } from 'vitest';
import { expiredRequest, forgetOldRequests, rememberRequest } from '../../src/localnet/ingress-history.ts';
import { initialState } from '../../src/localnet/initial-state.ts';
import { program } from './support/program.ts';
import { TestNetwork, user } from './support/test-network.ts';

const requestId = new Uint8Array(32).fill(7);
const minute = 60_000;

function setup() {
  const net = new TestNetwork();
  const id = net.canister();
  const expiryNanos = net.network.timeNanos + 300_000_000_000n;
  const call = {
    sender: user,
    canisterId: id,
    method: 'run',
    arg: program().addToHeap(1n).reply('counted').bytes,
    requestId,
    expiryNanos,
  };
  const counted = () => net.lookNumbers(id, program().appendNumber('heapCounter').reply())[0];
  return { net, id, call, counted };
}

describe('an update call with a request id', () => {
  test('is found by it', () => {
    const { net, call } = setup();
    expect(net.network.findRequest(requestId)).toBeUndefined();
    const ingress = net.network.submitUpdate(call);
    expect(net.network.findRequest(requestId)).toBe(ingress);
  });

  test('is executed once and charged once, however often it is submitted', () => {
    const { net, call, counted } = setup();
    const first = net.network.submitUpdate(call);
    const balance = net.network.canister(call.canisterId).cycles;
    expect(net.network.submitUpdate(call)).toBe(first);
    expect(net.network.canister(call.canisterId).cycles).toBe(balance);
    net.network.run();
    expect(net.network.submitUpdate(call)).toBe(first);
    net.network.run();
    expect(counted()).toBe(1n);
  });

  test('is not remembered when it was refused', () => {
    const { net, call } = setup();
    expect(() => net.network.submitUpdate({ ...call, canisterId: user })).toThrow('not found');
    expect(net.network.findRequest(requestId)).toBeUndefined();
  });

  test('has its answer forgotten first, and itself when nobody can submit it again', () => {
    const { net, call, counted } = setup();
    net.network.submitUpdate(call);
    net.network.run();
    const status = () => {
      const id = net.network.findRequest(requestId);
      return id === undefined ? 'unknown' : net.network.ingressStatus(id).status;
    };
    net.network.advanceTime(5 * minute - 1);
    expect(status()).toBe('replied');
    net.network.advanceTime(minute);
    expect(status()).toBe('done');
    net.network.submitUpdate(call);
    net.network.run();
    expect(counted()).toBe(1n);
    net.network.advanceTime(4 * minute - 1);
    expect(status()).toBe('done');
    net.network.advanceTime(minute);
    expect(status()).toBe('unknown');
  });

  test('does not begin after it expired', () => {
    const { net, call, counted } = setup();
    const ingress = net.network.submitUpdate(call);
    net.network.advanceTime(5 * minute + 1);
    net.network.run();
    expect(net.network.ingressStatus(ingress)).toEqual({
      status: 'rejected',
      rejectCode: 2,
      errorCode: 'IC0202',
      message: `Ingress message ${'07'.repeat(32)} timed out waiting to start executing.`,
    });
    expect(counted()).toBe(0n);
  });

  test('is refused at once when it expired, however many others are known', () => {
    const state = initialState({});
    const nobody = Principal.anonymous();
    const ids = Array.from({ length: 30_000 }, (_, id) => id);
    for (const id of ids) {
      const requestId = Uint8Array.of(id >> 8, id & 255);
      rememberRequest(state, requestId, id);
      state.ingress.set(id, {
        sender: nobody,
        receiver: nobody,
        effectiveCanisterId: nobody,
        method: 'late',
        requestId,
        expiryNanos: state.timeNanos - 1n,
        answeredAtNanos: undefined,
        status: { status: 'received' },
      });
    }
    expect(ids.map((id) => expiredRequest(state, id)?.message)).toContain(
      'Ingress message 752f timed out waiting to start executing.',
    );
  });

  test('without an expiry begins at any time, and is forgotten with its answer', () => {
    const { net, call, counted } = setup();
    const { expiryNanos, ...lasting } = call;
    const ingress = net.network.submitUpdate(lasting);
    net.network.advanceTimeTo(expiryNanos + 1n);
    net.network.run();
    expect(counted()).toBe(1n);
    expect(net.network.ingressStatus(ingress)).toMatchObject({ status: 'replied' });
    net.network.advanceTime(6 * minute);
    expect(net.network.findRequest(requestId)).toBeUndefined();
  });

  test('begins in the nanosecond in which it expires', () => {
    const { net, call, counted } = setup();
    net.network.submitUpdate(call);
    net.network.advanceTime(5 * minute);
    net.network.run();
    expect(counted()).toBe(1n);
  });

  test('is kept while it is not answered', () => {
    const { net, call, id } = setup();
    net.network.faults.add({ caller: id, callee: id }, { kind: 'delayReply', milliseconds: 60 * minute });
    const waits = program().call({ to: id, arg: program().reply(), onReply: program().reply('late') });
    const ingress = net.network.submitUpdate({ ...call, arg: waits.bytes });
    net.network.run();
    net.network.advanceTime(59 * minute);
    expect(net.network.ingressStatus(ingress)).toEqual({ status: 'processing' });
    net.network.runFor(minute);
    expect(net.network.ingressStatus(ingress)).toMatchObject({ status: 'replied' });
  });

  test('has its answer forgotten early when the answers of many take too much memory', () => {
    const state = initialState({});
    const mebibyte = 1_048_576;
    const nobody = Principal.anonymous();
    for (let id = 1; id <= 300; id += 1) {
      rememberRequest(state, Uint8Array.of(id >> 8, id & 255), id);
      state.ingress.set(id, {
        sender: nobody,
        receiver: nobody,
        effectiveCanisterId: nobody,
        method: 'big',
        requestId: undefined,
        expiryNanos: state.timeNanos,
        answeredAtNanos: state.timeNanos,
        status: { status: 'replied', reply: new Uint8Array(mebibyte) },
      });
    }
    state.timeNanos += 10_000_000_000n;
    forgetOldRequests(state);
    const statuses = [...state.ingress.values()].map(({ status }) => status.status);
    expect(statuses.lastIndexOf('done')).toBe(43);
    expect(statuses.indexOf('replied')).toBe(44);
    expect(state.requests.size).toBe(300);
  });

  test('is known at a checkpoint as it was then', () => {
    const { net, call } = setup();
    const before = net.network.checkpoint();
    net.network.submitUpdate(call);
    net.network.restore(before);
    expect(net.network.findRequest(requestId)).toBeUndefined();
  });
});

test('an update call without a request id is never forgotten, because somebody may hold its id', () => {
  const { net, id } = setup();
  const ingress = net.submit(id, program().reply('kept'));
  net.network.run();
  net.network.advanceTime(24 * 60 * minute);
  expect(net.network.ingressStatus(ingress)).toMatchObject({ status: 'replied' });
});
