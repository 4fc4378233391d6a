import type { CandidInfo } from './candid-history.ts';
import { candidChangeOf } from './history.ts';
import type { CanisterRequest } from './method.ts';
import type { InfoArgument } from './signatures.ts';

/** `canister_info`: any canister may ask about any other; the newest changes come last. */
export function canisterInfo({ canister, argument }: CanisterRequest<InfoArgument>): CandidInfo {
  const { totalChanges, recent } = canister.history;
  const requested = argument.num_requested_changes[0] ?? 0n;
  const count = requested < BigInt(recent.length) ? Number(requested) : recent.length;
  return {
    total_num_changes: totalChanges,
    recent_changes: recent.slice(recent.length - count).map(candidChangeOf),
    module_hash: canister.code === undefined ? [] : [canister.code.moduleHash],
    controllers: [...canister.settings.controllers],
  };
}
