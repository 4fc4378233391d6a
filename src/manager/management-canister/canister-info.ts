import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';
import { bytesEqual } from '../bytes.ts';
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

const CreationDetails = IDL.Variant({
  creation: IDL.Record({ environment_variables_hash: IDL.Opt(IDL.Vec(IDL.Nat8)) }),
});
const CreatorCanister = IDL.Variant({
  from_canister: IDL.Record({ canister_id: IDL.Principal, canister_version: IDL.Opt(IDL.Nat64) }),
});

/** Optional around each variant: kinds of changes and origins that we do not name decode as absent, also later ones. */
const CanisterInfoWithChangesReply = IDL.Record({
  total_num_changes: IDL.Nat64,
  recent_changes: IDL.Vec(
    IDL.Record({
      timestamp_nanos: IDL.Nat64,
      origin: IDL.Opt(CreatorCanister),
      details: IDL.Opt(CreationDetails),
    }),
  ),
  module_hash: IDL.Opt(IDL.Vec(IDL.Nat8)),
  controllers: IDL.Vec(IDL.Principal),
});

const ControllersChangeReply = IDL.Record({
  recent_changes: IDL.Vec(
    IDL.Record({
      origin: IDL.Opt(CreatorCanister),
      details: IDL.Opt(
        IDL.Variant({ controllers_change: IDL.Record({ controllers: IDL.Vec(IDL.Principal) }) }),
      ),
    }),
  ),
});

export interface CanisterInfo {
  readonly moduleHash?: Uint8Array;
  readonly controllers: readonly Uint8Array[];
}

/** How a canister came to be: the entry `creation` of its history. */
export interface CanisterBirth {
  /** The canister that made it, and the version it said it had; absent when a user made it. */
  readonly creator?: Uint8Array;
  readonly creatorVersion?: bigint;
  /** Absent when it was made without environment variables. */
  readonly environmentVariablesHash?: Uint8Array;
  readonly atMs: number;
}

/** What `canister_info` tells together with the canister's history. */
export interface CanisterInfoWithBirth extends CanisterInfo {
  /** Changes there ever were, the creation included. */
  readonly totalChanges: bigint;
  /** Absent when the creation is not among the changes that were asked for, or that the network still keeps. */
  readonly birth?: CanisterBirth;
  /** The earliest change that was told, the creation or a later one: the canister is at least as old. */
  readonly existedAtMs?: number;
}

/**
 * Argument of `canister_info`.
 *
 * @param changes entries of the history to be told, newest first; the network keeps at least 20
 */
export function encodeCanisterInfo(canisterId: Uint8Array, changes = 0n): Uint8Array {
  return encodeCanisterInfoArgs([
    { canister_id: Principal.fromUint8Array(canisterId), num_requested_changes: [changes] },
  ]);
}

/** What `canister_info` told, or undefined when the bytes are not its reply. */
export function decodeCanisterInfo(bytes: Uint8Array): CanisterInfo | undefined {
  try {
    const [reply] = IDL.decode([CanisterInfoReply], bytes) as unknown as [InfoReply];
    return infoOf(reply);
  } catch {
    return undefined;
  }
}

/** What `canister_info` told, history included, or undefined when the bytes are not its reply. */
export function decodeCanisterInfoWithBirth(bytes: Uint8Array): CanisterInfoWithBirth | undefined {
  try {
    const [reply] = IDL.decode([CanisterInfoWithChangesReply], bytes) as unknown as [
      InfoReply & { total_num_changes: bigint; recent_changes: ChangeReply[] },
    ];
    const birth = reply.recent_changes.flatMap(birthsIn)[0];
    const times = reply.recent_changes.map(({ timestamp_nanos }) => msOf(timestamp_nanos));
    return {
      ...infoOf(reply),
      totalChanges: reply.total_num_changes,
      ...(birth ? { birth } : {}),
      ...(times.length > 0 ? { existedAtMs: Math.min(...times) } : {}),
    };
  } catch {
    return undefined;
  }
}

/**
 * Whether one canister once made somebody the sole controller of another, as far as the history tells.
 *
 * @param bytes a reply of `canister_info` that was asked for changes
 */
export function tellsOfHandover(bytes: Uint8Array, from: Uint8Array, to: Uint8Array): boolean {
  const [{ recent_changes }] = IDL.decode([ControllersChangeReply], bytes) as unknown as [
    { recent_changes: ControllersChange[] },
  ];
  return recent_changes.some(({ origin: [origin], details: [details] }) => {
    const [controller, ...others] = details?.controllers_change.controllers ?? [];
    return (
      origin !== undefined &&
      bytesEqual(origin.from_canister.canister_id.toUint8Array(), from) &&
      controller !== undefined &&
      bytesEqual(controller.toUint8Array(), to) &&
      others.length === 0
    );
  });
}

interface ControllersChange {
  origin: [] | [{ from_canister: { canister_id: Principal } }];
  details: [] | [{ controllers_change: { controllers: Principal[] } }];
}

interface InfoReply {
  module_hash: [] | [Uint8Array];
  controllers: Principal[];
}

interface ChangeReply {
  timestamp_nanos: bigint;
  origin: [] | [{ from_canister: { canister_id: Principal; canister_version: [] | [bigint] } }];
  details: [] | [{ creation: { environment_variables_hash: [] | [Uint8Array] } }];
}

function infoOf(reply: InfoReply): CanisterInfo {
  const [moduleHash] = reply.module_hash;
  const controllers = reply.controllers.map((controller) => controller.toUint8Array());
  return moduleHash ? { moduleHash, controllers } : { controllers };
}

function birthsIn({ timestamp_nanos, origin, details }: ChangeReply): CanisterBirth[] {
  const [creation] = details;
  if (!creation) return [];
  const creator = origin[0]?.from_canister;
  const [creatorVersion] = creator?.canister_version ?? [];
  const [environmentVariablesHash] = creation.creation.environment_variables_hash;
  return [
    {
      ...(creator === undefined ? {} : { creator: creator.canister_id.toUint8Array() }),
      ...(creatorVersion === undefined ? {} : { creatorVersion }),
      ...(environmentVariablesHash === undefined ? {} : { environmentVariablesHash }),
      atMs: msOf(timestamp_nanos),
    },
  ];
}

function msOf(timestampNanos: bigint): number {
  return Number(timestampNanos / 1_000_000n);
}
