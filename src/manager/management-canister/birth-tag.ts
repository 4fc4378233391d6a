import { utf8Bytes } from '../bytes.ts';
import { sha256 } from '../sha256.ts';

/** The environment variable that bears the birth tag. */
export const birthTagVariable = 'SAGA_ID';

/**
 * What `environment_variables_hash` in a canister's creation record is for a canister born with this tag and no other
 * variable: the hash over the variables' hashed names and values (IC interface spec, "Hash of a map"; here of one entry).
 */
export function birthTagHash(birthTag: string): Uint8Array {
  const pair = new Uint8Array(64);
  pair.set(sha256(utf8Bytes(birthTagVariable)), 0);
  pair.set(sha256(utf8Bytes(birthTag)), 32);
  return sha256(pair);
}
