import { createPublicKey, type KeyObject } from 'node:crypto';
import { Principal } from '@dfinity/principal';
import { coseKeyOf } from './cose-key.ts';
import { readSubjectPublicKeyInfo } from './der.ts';

/** A user's public key, by the schemes of the IC interface spec, 'Signatures'. */
export type PublicKey =
  | { readonly scheme: 'Ed25519' | 'ECDSA P-256' | 'ECDSA secp256k1'; readonly key: KeyObject }
  | { readonly scheme: 'WebAuthn'; readonly key: KeyObject }
  | { readonly scheme: 'canister signature'; readonly canisterId: Principal; readonly seed: Uint8Array };

/** The algorithm identifiers in DER, and how long the key behind each is; uncompressed points only, as agents send them. */
const plainSchemes = new Map<
  string,
  { scheme: 'Ed25519' | 'ECDSA P-256' | 'ECDSA secp256k1'; bytes: number }
>([
  ['06032b6570', { scheme: 'Ed25519', bytes: 32 }],
  ['06072a8648ce3d020106082a8648ce3d030107', { scheme: 'ECDSA P-256', bytes: 65 }],
  ['06072a8648ce3d020106052b8104000a', { scheme: 'ECDSA secp256k1', bytes: 65 }],
]);
const coseAlgorithm = '060a2b0601040183b8430101';
const canisterSignatureAlgorithm = '060a2b0601040183b8430102';

/** @returns undefined when the bytes are no key of a supported scheme */
export function readPublicKey(der: Uint8Array): PublicKey | undefined {
  const info = readSubjectPublicKeyInfo(der);
  if (info === undefined) return undefined;
  if (info.algorithmHex === canisterSignatureAlgorithm) return canisterSignatureKey(info.key);
  if (info.algorithmHex === coseAlgorithm) {
    const key = coseKeyOf(info.key);
    return key && { scheme: 'WebAuthn', key };
  }
  const plain = plainSchemes.get(info.algorithmHex);
  if (plain?.bytes !== info.key.length) return undefined;
  try {
    const key = createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' });
    return { scheme: plain.scheme, key };
  } catch {
    // A point that is not on the curve.
    return undefined;
  }
}

/** Source: IC interface spec, 'Canister signatures': the length of the canister id, the id, and a seed of its choice. */
function canisterSignatureKey(bytes: Uint8Array): PublicKey | undefined {
  const idBytes = bytes[0];
  if (idBytes === undefined || idBytes > maximumPrincipalBytes || bytes.length < 1 + idBytes)
    return undefined;
  return {
    scheme: 'canister signature',
    canisterId: Principal.fromUint8Array(bytes.slice(1, 1 + idBytes)),
    seed: bytes.subarray(1 + idBytes),
  };
}

const maximumPrincipalBytes = 29;
