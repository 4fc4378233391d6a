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
}
