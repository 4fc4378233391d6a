import { Cbor, type Identity } from '@icp-sdk/core/agent';
import { Ed25519KeyIdentity } from '@icp-sdk/core/identity';
import { Principal } from '@icp-sdk/core/principal';
import { expect } from 'vitest';
import { HttpApiError, type HttpApiErrorCode } from '../../../../src/localnet/certification/index.ts';
import { thrownBy } from '../../../support/thrown-by.ts';
import { authenticated, callContent, type Content, signedEnvelope } from './envelopes.ts';

export const alice = Ed25519KeyIdentity.generate(new Uint8Array(32).fill(1));
export const bob = Ed25519KeyIdentity.generate(new Uint8Array(32).fill(2));
export const otherCanister = Principal.fromText('r7inp-6aaaa-aaaaa-aaabq-cai');

/** A call, signed. */
export async function envelopeOf(
  identity: Identity,
  changes: Record<string, unknown> = {},
): Promise<Uint8Array> {
  return signedEnvelope(identity, callContent(identity.getPrincipal(), changes));
}

/** The same envelope with something in it replaced. */
export function changed(body: Uint8Array, changes: Record<string, unknown>): Uint8Array {
  const envelope = Cbor.decode<Record<string, unknown>>(body);
  return Cbor.encode({ ...envelope, ...changes });
}

export function refusal(body: Uint8Array, ...more: [Content['request_type']?, bigint?]): HttpApiError {
  return thrownBy(HttpApiError, () => authenticated(body, ...more));
}

export function expectRefusal(body: Uint8Array, code: HttpApiErrorCode, text: RegExp): void {
  const error = refusal(body);
  expect([error.code, error.status]).toEqual([code, 400]);
  expect(error.text).toMatch(text);
}
