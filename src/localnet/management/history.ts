import type { CanisterChange, ChangeDetails, ChangeOrigin } from '../canister-history.ts';
import type { CanisterState } from '../state.ts';
import type { CandidChange, CandidChangeDetails, CandidChangeOrigin } from './candid-history.ts';
import type { Opt } from './candid-settings.ts';
import type { ManagementCall, ManagementServices } from './contract.ts';
import { historyLength } from './limits.ts';

/** Who makes the changes of this call, as the history will say. */
export function originOf(call: ManagementCall, senderCanisterVersion: Opt<bigint>): ChangeOrigin {
  return call.callerIsCanister
    ? { kind: 'canister', canisterId: call.caller, canisterVersion: senderCanisterVersion[0] }
    : { kind: 'user', userId: call.caller };
}

/**
 * Adds an entry to the canister's history. Call it after the change, so that the entry carries the version that the
 * change produced; the total keeps rising when old entries are dropped.
 */
export function recordChange(
  services: ManagementServices,
  canister: CanisterState,
  origin: ChangeOrigin,
  details: ChangeDetails,
): void {
  const change: CanisterChange = {
    timestampNanos: services.timeNanos,
    canisterVersion: canister.version,
    origin,
    details,
  };
  canister.history = {
    totalChanges: canister.history.totalChanges + 1n,
    recent: [...canister.history.recent, change].slice(-historyLength),
  };
}

/** A change in the form of `canister_info`. */
export function candidChangeOf(change: CanisterChange): CandidChange {
  return {
    timestamp_nanos: change.timestampNanos,
    canister_version: change.canisterVersion,
    origin: candidOriginOf(change.origin),
    details: candidDetailsOf(change.details),
  };
}

function candidOriginOf(origin: ChangeOrigin): CandidChangeOrigin {
  if (origin.kind === 'user') return { from_user: { user_id: origin.userId } };
  const version: Opt<bigint> = origin.canisterVersion === undefined ? [] : [origin.canisterVersion];
  return { from_canister: { canister_id: origin.canisterId, canister_version: version } };
}

const candidModes = {
  install: { install: null },
  reinstall: { reinstall: null },
  upgrade: { upgrade: null },
} as const;

function candidDetailsOf(details: ChangeDetails): CandidChangeDetails {
  switch (details.kind) {
    case 'creation': {
      const hash: Opt<Uint8Array> =
        details.environmentVariablesHash === undefined ? [] : [details.environmentVariablesHash];
      return {
        creation: { controllers: [...details.controllers], environment_variables_hash: hash },
      };
    }
    case 'codeUninstall':
      return { code_uninstall: null };
    case 'codeDeployment':
      return {
        code_deployment: { mode: candidModes[details.mode], module_hash: details.moduleHash },
      };
    case 'controllersChange':
      return { controllers_change: { controllers: [...details.controllers] } };
    case 'loadSnapshot':
      return {
        load_snapshot: {
          from_canister_id: details.fromCanisterId === undefined ? [] : [details.fromCanisterId],
          snapshot_id: details.snapshotId,
          canister_version: details.canisterVersion,
          taken_at_timestamp: details.takenAtNanos,
          source:
            details.source === 'takenFromCanister'
              ? { taken_from_canister: null }
              : { metadata_upload: null },
        },
      };
  }
}
