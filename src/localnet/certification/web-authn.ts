import { type KeyObject, verify } from 'node:crypto';
import { bytesOf, concatBytes, equalBytes, sha256 } from './bytes.ts';
import { type CborValue, decodeCbor, isCborMap } from './cbor.ts';

/**
 * Why a WebAuthn signature does not hold; undefined when it does. The authenticator signs its own data and the hash of
 * the client's, in which the message stands as the challenge.
 *
 * Source: IC interface spec, 'Web Authentication'.
 */
export function webAuthnDefect(
  key: KeyObject,
  message: Uint8Array,
  signature: Uint8Array,
): string | undefined {
  const parts = readParts(signature);
  if (parts === undefined) {
    return 'the signature is not a CBOR map of authenticator_data, client_data_json and signature';
  }
  const signed = concatBytes(parts.authenticatorData, sha256(parts.clientData));
  if (!isSigned(key, signed, parts.signature)) {
    return 'Verifying signature failed';
  }
  const challenge = challengeOf(parts.clientData);
  return challenge !== undefined && equalBytes(challenge, message)
    ? undefined
    : 'the challenge in client_data_json is not what is signed here';
}

/** Ed25519 hashes by itself. Authenticators encode ECDSA signatures in DER. */
function isSigned(key: KeyObject, signed: Uint8Array, signature: Uint8Array): boolean {
  return key.asymmetricKeyType === 'ed25519'
    ? verify(null, signed, key, signature)
    : verify('sha256', signed, { key, dsaEncoding: 'der' }, signature);
}

interface Parts {
  readonly authenticatorData: Uint8Array;
  readonly clientData: Uint8Array;
  readonly signature: Uint8Array;
}

function readParts(bytes: Uint8Array): Parts | undefined {
  const map = tryDecode(bytes);
  if (!isCborMap(map)) return undefined;
  const authenticatorData = map.get('authenticator_data');
  const clientData = map.get('client_data_json');
  const signature = map.get('signature');
  if (!(authenticatorData instanceof Uint8Array) || !(signature instanceof Uint8Array)) return undefined;
  // @icp-sdk/core sends it as text, others as bytes.
  if (typeof clientData !== 'string' && !(clientData instanceof Uint8Array)) return undefined;
  return { authenticatorData, clientData: bytesOf(clientData), signature };
}

function tryDecode(bytes: Uint8Array): CborValue {
  try {
    return decodeCbor(bytes);
  } catch {
    return undefined;
  }
}

function challengeOf(clientData: Uint8Array): Uint8Array | undefined {
  try {
    const { challenge } = JSON.parse(Buffer.from(clientData).toString()) as { challenge?: unknown };
    if (typeof challenge !== 'string') return undefined;
    const bytes = Buffer.from(challenge, 'base64url');
    // Node skips what is no base64url; only the exact encoding counts.
    return bytes.toString('base64url') === challenge ? bytes : undefined;
  } catch {
    return undefined;
  }
}
