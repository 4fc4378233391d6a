/** What a provisioning step asks of the outside world. Data: the worker turns it into calls or a local write. */
export type ProvisioningAction =
  | { readonly kind: 'createCanister'; readonly birthTag: string }
  | {
      readonly kind: 'installCode';
      readonly canisterId: Uint8Array;
      readonly mode: 'install' | 'reinstall';
      readonly moduleHash: Uint8Array;
      readonly owner: Uint8Array;
      readonly greeting?: string;
    }
  | { readonly kind: 'setSoleController'; readonly canisterId: Uint8Array; readonly controller: Uint8Array }
  | {
      readonly kind: 'readCanisterInfo';
      readonly canisterId: Uint8Array;
      /** Also what was changed, by whom, as far as the network keeps it. */
      readonly withHistory?: true;
    }
  | { readonly kind: 'readCanisterStatus'; readonly canisterId: Uint8Array }
  | { readonly kind: 'startCanister'; readonly canisterId: Uint8Array }
  | { readonly kind: 'uninstallCode'; readonly canisterId: Uint8Array }
  | { readonly kind: 'depositCycles'; readonly canisterId: Uint8Array; readonly cycles: bigint }
  | {
      /** Read one stretch of canister ids, as many as the message may make calls for, in search of a birth. */
      readonly kind: 'searchBirth';
      /** The first number to read and the last one worth reading, which is lower when the search goes down. */
      readonly first: bigint;
      readonly last: bigint;
    }
  | { readonly kind: 'registerGreeter' }
  /** A candidate of unknown condition is none any more; nothing needs to be read to know that it created nothing. */
  | { readonly kind: 'returnCandidate'; readonly canisterId: Uint8Array };

/** What a single call of a step was for: kept with the call, to read its answer by. Stored by place: append only. */
export const callPurposes = [
  'createCanister',
  'installCode',
  'setSoleController',
  'readCanisterInfo',
  'readCanisterStatus',
  'uninstallCode',
  'depositCycles',
  'searchBirth',
  'startCanister',
] as const;
export type CallPurpose = (typeof callPurposes)[number];
