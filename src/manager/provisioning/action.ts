/** What a provisioning step asks of the outside world. Data: the worker turns it into a call or a local write. */
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
  | { readonly kind: 'readCanisterInfo'; readonly canisterId: Uint8Array }
  | { readonly kind: 'registerGreeter' }
  /** There is nothing to read that would decide: a person has to. */
  | { readonly kind: 'askOperator'; readonly evidence: string };
