import type { Principal } from '@dfinity/principal';

/** Who made a change. `canisterVersion` is the `sender_canister_version` the calling canister supplied. */
export type ChangeOrigin =
  | { readonly kind: 'user'; readonly userId: Principal }
  | {
      readonly kind: 'canister';
      readonly canisterId: Principal;
      readonly canisterVersion: bigint | undefined;
    };

/** What was changed. */
export type ChangeDetails =
  | {
      readonly kind: 'creation';
      readonly controllers: readonly Principal[];
      readonly environmentVariablesHash: Uint8Array | undefined;
    }
  | { readonly kind: 'codeUninstall' }
  | {
      readonly kind: 'codeDeployment';
      readonly mode: 'install' | 'reinstall' | 'upgrade';
      readonly moduleHash: Uint8Array;
    }
  | {
      readonly kind: 'loadSnapshot';
      /** Whose snapshot it was; absent: the canister's own. */
      readonly fromCanisterId: Principal | undefined;
      readonly source: 'takenFromCanister' | 'metadataUpload';
      readonly snapshotId: Uint8Array;
      /** Version of the canister when the snapshot was taken. */
      readonly canisterVersion: bigint;
      readonly takenAtNanos: bigint;
    }
  | { readonly kind: 'controllersChange'; readonly controllers: readonly Principal[] };

/** One entry of a canister's history, as `canister_info` shows it. */
export interface CanisterChange {
  readonly timestampNanos: bigint;
  /** The canister's version after the change. */
  readonly canisterVersion: bigint;
  readonly origin: ChangeOrigin;
  readonly details: ChangeDetails;
}

/** The last changes, oldest first, and how many there ever were. */
export interface CanisterHistory {
  totalChanges: bigint;
  recent: readonly CanisterChange[];
}
