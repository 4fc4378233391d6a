import type { Candidate } from './candidate.ts';

/** What a provisioning saga knows: the request, the template it is pinned to, and what it has learned on the way. */
export interface ProvisioningFacts {
  /** The caller's principal: who will be the Greeter's sole controller. */
  readonly owner: Uint8Array;
  readonly idempotencyKey?: string;
  /** The Greeter's first phrase; absent means the Greeter's own default. */
  readonly greeting?: string;
  readonly templateVersion: string;
  /** SHA-256 of the template's module as uploaded: what `canister_info` shows once it is installed. */
  readonly moduleHash: Uint8Array;
  /** The Greeter, as soon as it exists. */
  readonly greeterId?: Uint8Array;
  /** Evidence showed another module in the canister: it must be replaced, and `install` would be refused. */
  readonly foreignModule?: boolean;
  /** Attached to calls and not refunded, so far. */
  readonly cyclesSpent: bigint;
  /** The vacant canister the job may take, or took last. */
  readonly candidate?: Candidate;
  /** The canister was another job's before: whatever a late call of that job left in it must be overwritten. */
  readonly isReused?: boolean;
  /** The canister is being given up, and its code has been uninstalled. */
  readonly isEmptied?: boolean;
  /** What the canister had when it was last looked at. */
  readonly canisterCycles?: bigint;
  /**
   * Highest number of a canister known when `create_canister` was sent: what that call made has a higher one. The
   * numbers of canister ids: see `canisterNumberOf`.
   */
  readonly highestNumberBefore?: bigint;
  /** Where the search for a canister that may have been created goes on, downwards. 0: it has not begun. */
  readonly searchNext?: bigint;
  /** The search begins with this number: a call sent later made it. 0: no such number is known. */
  readonly searchThrough?: bigint;
  /** The numbers that this go at the search may read are counted from here. 0: from where the search began. */
  readonly searchFrom?: bigint;
  /** The installation was refused because the canister has too few cycles: look how many it has. */
  readonly isOutOfCycles?: boolean;
  /** What the canister is to be given before it is installed; 0: nothing. */
  readonly missingCycles?: bigint;
  /** Installations refused for lack of cycles, since somebody last asked for a retry. */
  readonly fundingRefusals?: bigint;
}
