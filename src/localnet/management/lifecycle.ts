import type { ManagementResult } from './contract.ts';
import { originOf, recordChange } from './history.ts';
import type { CanisterRequest } from './method.ts';
import { cannotDeleteItself, mustBeStopped, queuesNotEmpty } from './rejections.ts';
import type { Nothing } from './signature.ts';
import type { SenderVersionRecord } from './signatures.ts';

/** `uninstall_code`: allowed in every status; keeps cycles, settings, history and snapshots. */
export function uninstallCode({
  services,
  call,
  canister,
  argument,
}: CanisterRequest<SenderVersionRecord>): Nothing {
  services.uninstallCode(canister);
  canister.chunkStore.clear();
  recordChange(services, canister, originOf(call, argument.sender_canister_version), {
    kind: 'codeUninstall',
  });
}

/** `start_canister`: cancels stop requests that still wait. */
export function startCanister({ services, canister }: CanisterRequest<unknown>): Nothing {
  services.startCanister(canister);
}

/** `stop_canister`: answered once no call is open any more, so usually later. */
export function stopCanister({ services, canister }: CanisterRequest<unknown>): ManagementResult {
  return services.stopCanister(canister);
}

/** `delete_canister`: the canister's cycles are gone with it and its id is never used again. */
export function deleteCanister({ services, call, canister }: CanisterRequest<unknown>): Nothing {
  if (call.caller.compareTo(canister.id) === 'eq') throw cannotDeleteItself(canister.id);
  if (canister.status !== 'stopped') throw mustBeStopped(canister.id);
  if (services.hasQueuedMessages(canister)) throw queuesNotEmpty(canister.id);
  services.removeCanister(canister);
}
