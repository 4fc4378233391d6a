import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';
import { candidEncoder } from '../candid/candid-encoder.ts';

const encodeUninstallCodeArgs = candidEncoder([
  IDL.Record({ canister_id: IDL.Principal, sender_canister_version: IDL.Opt(IDL.Nat64) }),
]);

/** Argument of `uninstall_code`, which takes code, memory and chunks away and leaves cycles, controllers and settings. */
export function encodeUninstallCode(canisterId: Uint8Array, senderCanisterVersion: bigint): Uint8Array {
  const canister_id = Principal.fromUint8Array(canisterId);
  return encodeUninstallCodeArgs([{ canister_id, sender_canister_version: [senderCanisterVersion] }]);
}
