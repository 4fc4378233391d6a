import { createHash } from 'node:crypto';
import { bls12_381 } from '@noble/curves/bls12-381.js';
import { concatBytes } from './bytes.ts';

/*
 * Signatures of subnets: BLS12-381 with the signature in G1 and the key in G2.
 * Source: IC interface spec, 'Certification', "signature verification".
 */
const scheme = bls12_381.shortSignatures;
const hashDomain = 'BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_';
const keyMaterialBytes = 48;
const derPrefix = Buffer.from(
  '308182301d060d2b0601040182dc7c0503010201060c2b0601040182dc7c05030201036100',
  'hex',
);
const publicKeyBytes = 96;

/** A secret key that follows from a text; for networks whose keys everybody may know. */
export function blsSecretKeyOf(seed: string): Uint8Array {
  const material = createHash('sha512').update(seed).digest().subarray(0, keyMaterialBytes);
  return Uint8Array.from(bls12_381.utils.randomSecretKey(Uint8Array.from(material)));
}

/** The public key in DER: 133 bytes. */
export function blsPublicKeyDerOf(secretKey: Uint8Array): Uint8Array {
  return concatBytes(derPrefix, scheme.getPublicKey(secretKey).toBytes(true));
}

/** @returns 48 bytes */
export function blsSign(message: Uint8Array, secretKey: Uint8Array): Uint8Array {
  return Uint8Array.from(scheme.sign(scheme.hash(message, hashDomain), secretKey).toBytes(true));
}

/** Whether the signature is valid; false too for a key or signature that is not well-formed. */
export function blsVerify(message: Uint8Array, signature: Uint8Array, publicKeyDer: Uint8Array): boolean {
  const prefix = publicKeyDer.subarray(0, derPrefix.length);
  if (publicKeyDer.length !== derPrefix.length + publicKeyBytes || !derPrefix.equals(prefix)) return false;
  try {
    return scheme.verify(
      signature,
      scheme.hash(message, hashDomain),
      publicKeyDer.subarray(derPrefix.length),
    );
  } catch {
    // Bytes that are no point of the curve, or not in its subgroup.
    return false;
  }
}
