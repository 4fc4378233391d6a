import { type KeyObject, verify } from 'node:crypto';
import { canisterSignatureDefect } from './canister-signature.ts';
import { readPublicKey } from './public-key.ts';
import { webAuthnDefect } from './web-authn.ts';

/**
 * Why a signature does not hold; undefined when it does.
 *
 * @param message with its domain separator in front
 * @param rootKeyDer of the network, for signatures of its canisters
 */
export function signatureDefect(
  publicKeyDer: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
  rootKeyDer: Uint8Array,
): string | undefined {
  const publicKey = readPublicKey(publicKeyDer);
  if (publicKey === undefined) {
    return 'Invalid public key: it is not the DER of an Ed25519, P-256, secp256k1, WebAuthn or canister signature key';
  }
  switch (publicKey.scheme) {
    case 'canister signature': {
      const defect = canisterSignatureDefect(publicKey, message, signature, rootKeyDer);
      return defect && `Invalid canister signature: ${defect}`;
    }
    case 'WebAuthn': {
      const defect = webAuthnDefect(publicKey.key, message, signature);
      return defect && `WebAuthn error: ${defect}`;
    }
    default:
      return isSigned(publicKey.key, message, signature)
        ? undefined
        : `Invalid basic signature: ${publicKey.scheme} signature could not be verified`;
  }
}

/** ECDSA signatures are the two numbers of 32 bytes each, not DER. Source: IC interface spec, 'ECDSA'. */
function isSigned(key: KeyObject, message: Uint8Array, signature: Uint8Array): boolean {
  return key.asymmetricKeyType === 'ed25519'
    ? verify(null, message, key, signature)
    : verify('sha256', message, { key, dsaEncoding: 'ieee-p1363' }, signature);
}
