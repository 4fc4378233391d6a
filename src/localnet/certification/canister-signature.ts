import type { Principal } from '@dfinity/principal';
import { equalBytes, sha256 } from './bytes.ts';
import { CborError, decodeCbor, isCborMap } from './cbor.ts';
import { InvalidCertificateError, verifyCertificate } from './certificate.ts';
import { digest } from './hash-tree.ts';
import { hashTreeFromCbor } from './hash-tree-codec.ts';
import { lookupValue } from './lookup.ts';

/** Whose signature it is: a canister may sign under any number of seeds. */
export interface CanisterSignatureKey {
  readonly canisterId: Principal;
  readonly seed: Uint8Array;
}

/**
 * Why a canister's signature does not hold; undefined when it does. A canister signs by having the message in the tree
 * whose root hash is its certified data.
 *
 * Source: IC interface spec, 'Canister signatures'.
 */
export function canisterSignatureDefect(
  { canisterId, seed }: CanisterSignatureKey,
  message: Uint8Array,
  signature: Uint8Array,
  rootKeyDer: Uint8Array,
): string | undefined {
  try {
    const parts = decodeCbor(signature);
    const certificate = isCborMap(parts) ? parts.get('certificate') : undefined;
    if (!isCborMap(parts) || !(certificate instanceof Uint8Array)) {
      return 'the signature is not a CBOR map of certificate and tree';
    }
    const tree = hashTreeFromCbor(parts.get('tree'));
    const state = verifyCertificate(certificate, rootKeyDer);
    const certified = lookupValue(state, ['canister', canisterId.toUint8Array(), 'certified_data']);
    if (certified === undefined || !equalBytes(certified, digest(tree))) {
      return `the tree is not what canister ${canisterId.toText()} certified`;
    }
    const entry = lookupValue(tree, ['sig', sha256(seed), sha256(message)]);
    return entry === undefined ? 'the tree does not hold the signed message' : undefined;
  } catch (error) {
    if (error instanceof CborError || error instanceof InvalidCertificateError) return error.message;
    throw error;
  }
}
