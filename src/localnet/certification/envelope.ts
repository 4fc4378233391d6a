import type { Principal } from '@dfinity/principal';
import { CborError, type CborMap, type CborValue, decodeCbor } from './cbor.ts';
import {
  malformed,
  principalOf,
  readArray,
  readBytes,
  readMap,
  readNat64,
  readOptional,
  readText,
} from './fields.ts';
import { requestIdOf } from './request-id.ts';

/** A signed request as it came over HTTP, its parts of the right types but nothing verified. */
export interface Envelope {
  readonly content: CborMap;
  readonly requestId: Uint8Array;
  readonly senderPubkey: Uint8Array | undefined;
  readonly senderSig: Uint8Array | undefined;
  readonly delegations: readonly SignedDelegation[];
}

/** One link of a chain: whoever holds `pubkey` may act for the key that signed this. */
export interface SignedDelegation {
  readonly pubkey: Uint8Array;
  /** Nanoseconds since 1970. */
  readonly expiration: bigint;
  /** The canisters it is good for; absent: all. */
  readonly targets: readonly Principal[] | undefined;
  readonly permissions: string | undefined;
  readonly signature: Uint8Array;
  /** The representation-independent hash of what is signed. */
  readonly hash: Uint8Array;
}

/** @throws HttpApiError MALFORMED_REQUEST */
export function readEnvelope(body: Uint8Array): Envelope {
  const envelope = readMap(decode(body), 'the request');
  const content = readMap(envelope.get('content'), 'field content');
  const delegations = readOptional(envelope, 'sender_delegation', readArray) ?? [];
  return {
    content,
    requestId: hash(content),
    senderPubkey: readOptional(envelope, 'sender_pubkey', readBytes),
    senderSig: readOptional(envelope, 'sender_sig', readBytes),
    delegations: delegations.map(readSignedDelegation),
  };
}

function decode(body: Uint8Array): CborValue {
  try {
    return decodeCbor(body);
  } catch (error) {
    if (error instanceof CborError) throw malformed(error.message);
    throw error;
  }
}

function readSignedDelegation(value: CborValue): SignedDelegation {
  const signed = readMap(value, 'a delegation');
  const delegation = readMap(signed.get('delegation'), 'field delegation');
  return {
    pubkey: readBytes(delegation, 'pubkey'),
    expiration: readNat64(delegation, 'expiration'),
    targets: readOptional(delegation, 'targets', readTargets),
    permissions: readOptional(delegation, 'permissions', readText),
    signature: readBytes(signed, 'signature'),
    hash: hash(delegation),
  };
}

function readTargets(map: CborMap, field: string): readonly Principal[] {
  return readArray(map, field).map((target) => principalOf(target, 'a delegation target'));
}

function hash(map: CborMap): Uint8Array {
  try {
    return requestIdOf(map);
  } catch (error) {
    // A value that requests do not have, in a field nobody reads.
    if (error instanceof RangeError) throw malformed(error.message);
    throw error;
  }
}
