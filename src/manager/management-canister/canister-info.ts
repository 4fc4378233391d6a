import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';
import { candidEncoder } from '../candid/candid-encoder.ts';

const CanisterInfoArgs = IDL.Record({
  canister_id: IDL.Principal,
  num_requested_changes: IDL.Opt(IDL.Nat64),
});
const encodeCanisterInfoArgs = candidEncoder([CanisterInfoArgs]);

/** Only what we read; Candid skips the fields we do not name, so a richer reply of a later network decodes too. */
const CanisterInfoReply = IDL.Record({
  module_hash: IDL.Opt(IDL.Vec(IDL.Nat8)),
  controllers: IDL.Vec(IDL.Principal),
});

export interface CanisterInfo {
  readonly moduleHash?: Uint8Array;
  readonly controllers: readonly Uint8Array[];
}

/** Argument of `canister_info` without history, whose entries grow with every version of the interface spec. */
export function encodeCanisterInfo(canisterId: Uint8Array): Uint8Array {
  return encodeCanisterInfoArgs([
    { canister_id: Principal.fromUint8Array(canisterId), num_requested_changes: [0n] },
  ]);
}

/** What `canister_info` told, or undefined when the bytes are not its reply. */
export function decodeCanisterInfo(bytes: Uint8Array): CanisterInfo | undefined {
  try {
    const [reply] = IDL.decode([CanisterInfoReply], bytes) as unknown as [
      { module_hash: [] | [Uint8Array]; controllers: Principal[] },
    ];
    const [moduleHash] = reply.module_hash;
    const controllers = reply.controllers.map((controller) => controller.toUint8Array());
    return moduleHash ? { moduleHash, controllers } : { controllers };
  } catch {
    return undefined;
  }
}
