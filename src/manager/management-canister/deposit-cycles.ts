import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';
import { candidEncoder } from '../candid/candid-encoder.ts';

const encodeDepositCyclesArgs = candidEncoder([IDL.Record({ canister_id: IDL.Principal })]);

/** Argument of `deposit_cycles`: the attached cycles become the canister's. */
export function encodeDepositCycles(canisterId: Uint8Array): Uint8Array {
  return encodeDepositCyclesArgs([{ canister_id: Principal.fromUint8Array(canisterId) }]);
}
