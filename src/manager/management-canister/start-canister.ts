import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';
import { candidEncoder } from '../candid/candid-encoder.ts';

const encodeStartCanisterArgs = candidEncoder([IDL.Record({ canister_id: IDL.Principal })]);

/** Argument of `start_canister`, which does nothing to a canister that is running. */
export function encodeStartCanister(canisterId: Uint8Array): Uint8Array {
  return encodeStartCanisterArgs([{ canister_id: Principal.fromUint8Array(canisterId) }]);
}
