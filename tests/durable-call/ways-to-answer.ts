import { Principal } from '@dfinity/principal';
import { expect } from 'vitest';
import { argumentOf, type ResponseEntry, type Rig, type Send } from './rig.ts';

/** One way a call can end, how to bring it about, and what the handler must be told. */
export interface WayToAnswer {
  readonly name: string;
  readonly send: Send;
  /** What the response must be for the call with this id. */
  readonly expected: (callId: number) => Partial<ResponseEntry>;
}

const nobody = Principal.fromUint8Array(Uint8Array.of(0, 0, 0, 0, 0, 0, 0xff, 0xff, 1, 1));
const payload = new TextEncoder().encode('nein, größer 🦀');

export const waysToAnswer: readonly WayToAnswer[] = [
  {
    name: 'a reply',
    send: { method: 'echo', payload },
    expected: (callId) => ({ rejectCode: 0, reply: argumentOf(callId, payload) }),
  },
  {
    name: 'reject code 1, the system failed for good',
    send: { method: 'fatal' },
    expected: () => ({ rejectCode: 1, message: 'IC0101: made up' }),
  },
  {
    name: 'reject code 2, the system is busy',
    send: { method: 'busy' },
    expected: () => ({ rejectCode: 2, message: 'IC0201: made up' }),
  },
  {
    name: 'reject code 3, no such canister',
    send: { method: 'echo', canister: nobody },
    expected: () => ({ rejectCode: 3, message: expect.stringContaining(nobody.toText()) as string }),
  },
  {
    name: 'reject code 4, the callee refused',
    send: { method: 'refuse', payload },
    expected: () => ({ rejectCode: 4, message: 'nein, größer 🦀' }),
  },
  {
    name: 'reject code 5, the callee trapped',
    send: { method: 'crash' },
    expected: () => ({ rejectCode: 5, message: expect.stringMatching(/^IC0502/) as string }),
  },
  {
    name: 'reject code 5, no such method',
    send: { method: 'no method like this' },
    expected: () => ({
      rejectCode: 5,
      message: expect.stringMatching(/^IC0536.*no method like this/) as string,
    }),
  },
  {
    name: 'reject code 6, the time limit of a bounded wait ran out',
    send: { method: 'keep', timeoutSeconds: 5 },
    expected: () => ({ rejectCode: 6 }),
  },
];

/** Makes the network answer in all these ways, and makes what the peer itself answers come late. */
export function scriptAnswers(rig: Rig, lateMs: number): void {
  const { caller, peer, network } = rig;
  const reject = (method: string, rejectCode: 1 | 2, errorCode: string): void => {
    network.faults.add(
      { caller, callee: peer, method },
      { kind: 'reject', rejection: { rejectCode, errorCode, message: 'made up' } },
    );
  };
  reject('fatal', 1, 'IC0101');
  reject('busy', 2, 'IC0201');
  // Later than the time limit of the bounded wait above, so that this one always expires.
  network.faults.add(
    { caller, callee: peer, method: 'keep' },
    { kind: 'delayReply', milliseconds: 3_600_000 },
  );
  network.faults.add({ caller, callee: peer }, { kind: 'delayReply', milliseconds: lateMs });
}

/** Exactly one response for every call made, each with the outcome of its way. */
export function expectAllAnswered(
  responses: readonly ResponseEntry[],
  made: readonly { way: WayToAnswer; callId: number }[],
): void {
  const sorted = [...responses].sort((a, b) => a.callId - b.callId);
  const expected = [...made]
    .sort((a, b) => a.callId - b.callId)
    .map(({ way, callId }) => ({ kind: 'response', callId, refundedCycles: 0, ...way.expected(callId) }));
  expect(sorted.map(({ callId }) => callId)).toEqual(expected.map(({ callId }) => callId));
  for (const [index, entry] of sorted.entries()) expect(entry).toMatchObject(expected[index] ?? {});
}
