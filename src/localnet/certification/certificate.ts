import { blsSign, blsVerify } from './bls.ts';
import { concatBytes, domainSeparator } from './bytes.ts';
import { decodeCbor, encodeCbor, isCborMap } from './cbor.ts';
import { digest, type HashTree } from './hash-tree.ts';
import { hashTreeFromCbor } from './hash-tree-codec.ts';

/** A certificate is malformed, or not signed by the key that was expected. */
export class InvalidCertificateError extends Error {
  override readonly name = 'InvalidCertificateError';
  readonly code = 'INVALID_CERTIFICATE';
}

const stateRootSeparator = domainSeparator('ic-state-root');

/** Signs a state tree: its digest, so that the signature holds for whatever part of the tree is shown. */
export function signTree(tree: HashTree, rootSecretKey: Uint8Array): Uint8Array {
  return blsSign(concatBytes(stateRootSeparator, digest(tree)), rootSecretKey);
}

export function encodeCertificate(tree: HashTree, signature: Uint8Array): Uint8Array {
  return encodeCbor({ tree, signature });
}

/**
 * The state tree that a certificate shows, after its signature was checked.
 *
 * Certificates with a delegation are refused: the one subnet of a local network signs with the root key itself.
 *
 * @param rootKeyDer 133 bytes
 * @throws InvalidCertificateError, CborError
 */
export function verifyCertificate(bytes: Uint8Array, rootKeyDer: Uint8Array): HashTree {
  const certificate = decodeCbor(bytes);
  if (!isCborMap(certificate)) throw new InvalidCertificateError('A certificate is a CBOR map.');
  if (certificate.get('delegation') !== undefined) {
    throw new InvalidCertificateError(
      'The certificate has a delegation, but the subnet of this network signs with the root key itself.',
    );
  }
  const tree = hashTreeFromCbor(certificate.get('tree'));
  const signature = certificate.get('signature');
  if (
    !(signature instanceof Uint8Array) ||
    !blsVerify(concatBytes(stateRootSeparator, digest(tree)), signature, rootKeyDer)
  ) {
    throw new InvalidCertificateError("The certificate is not signed by this network's root key.");
  }
  return tree;
}
