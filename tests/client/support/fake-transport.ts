import { Principal } from '@dfinity/principal';
import type { CallTransport } from '../../../src/client/index.ts';

export interface FakeCall {
  readonly mode: 'update' | 'query';
  readonly canisterId: Principal;
  readonly method: string;
  readonly arg: Uint8Array;
}

/** A network that answers every call with what `answer` returns or throws. */
export function fakeTransport(answer: (call: FakeCall) => Uint8Array): CallTransport {
  const of =
    (mode: FakeCall['mode']): CallTransport['update'] =>
    // An async function, so that what `answer` throws becomes a rejection.
    async (canisterId, method, arg) =>
      Promise.resolve(answer({ mode, canisterId, method, arg }));
  return { update: of('update'), query: of('query') };
}

export const someCanister = Principal.fromText('uxrrr-q7777-77774-qaaaq-cai');
