import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';
import { candidEncoder } from '../candid/candid-encoder.ts';
import { CanisterSettings } from './types.ts';

const UpdateSettingsArgs = IDL.Record({
  canister_id: IDL.Principal,
  settings: CanisterSettings,
  sender_canister_version: IDL.Opt(IDL.Nat64),
});
const encodeUpdateSettingsArgs = candidEncoder([UpdateSettingsArgs]);

/**
 * Argument of `update_settings` that makes `controller` the only one and takes the birth tag off: it is the Manager's
 * own mark, and on a canister that was vacant before it names another job. Changes nothing else.
 */
export function encodeSetSoleController(
  canisterId: Uint8Array,
  controller: Uint8Array,
  senderCanisterVersion: bigint,
): Uint8Array {
  const settings = { controllers: [[Principal.fromUint8Array(controller)]], environment_variables: [[]] };
  return encodeUpdateSettingsArgs([
    {
      canister_id: Principal.fromUint8Array(canisterId),
      settings,
      sender_canister_version: [senderCanisterVersion],
    },
  ]);
}
