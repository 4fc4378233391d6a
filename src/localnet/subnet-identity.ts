import { createHash } from 'node:crypto';
import { Principal } from '@dfinity/principal';

/*
 * Who this subnet is. The key is a placeholder with the right shape (a DER-encoded BLS12-381 G2 point) until the
 * network certifies its state; it only has to be the same in every run.
 */

const derPrefixHex = '308182301d060d2b0601040182dc7c0503010201060c2b0601040182dc7c05030201036100';
const keyBytes = 96;

/** What `ic0.root_key_copy` shows: 133 bytes. */
export const subnetRootKey = new Uint8Array([
  ...Buffer.from(derPrefixHex, 'hex'),
  ...new Uint8Array(keyBytes),
]);

const selfAuthenticatingSuffix = 2;

/** The principal that belongs to the root key, as both agents expect of a subnet without delegation. */
export const subnetId = Principal.fromUint8Array(
  new Uint8Array([...createHash('sha224').update(subnetRootKey).digest(), selfAuthenticatingSuffix]),
);
