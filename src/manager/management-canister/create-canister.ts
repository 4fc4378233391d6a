import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';
import { candidEncoder } from '../candid/candid-encoder.ts';
import { birthTagVariable } from './birth-tag.ts';
import { CanisterSettings } from './types.ts';

const CreateCanisterArgs = IDL.Record({
  settings: IDL.Opt(CanisterSettings),
  sender_canister_version: IDL.Opt(IDL.Nat64),
});
const encodeCreateCanisterArgs = candidEncoder([CreateCanisterArgs]);
const CreateCanisterReply = IDL.Record({ canister_id: IDL.Principal });

/**
 * Argument of `create_canister` with the birth tag: the environment variable, and the sender's version, which the
 * network checks and keeps in the canister's history.
 */
export function encodeCreateCanister(options: {
  readonly controller: Principal;
  readonly birthTag: string;
  readonly senderCanisterVersion: bigint;
}): Uint8Array {
  const settings = {
    controllers: [[options.controller]],
    environment_variables: [[{ name: birthTagVariable, value: options.birthTag }]],
  };
  return encodeCreateCanisterArgs([
    { settings: [settings], sender_canister_version: [options.senderCanisterVersion] },
  ]);
}

/** The new canister's id, or undefined when the bytes are not a reply of `create_canister`. */
export function decodeCreateCanisterReply(bytes: Uint8Array): Uint8Array | undefined {
  try {
    const [reply] = IDL.decode([CreateCanisterReply], bytes) as unknown as [{ canister_id: Principal }];
    return reply.canister_id.toUint8Array();
  } catch {
    return undefined;
  }
}
