/** The raw answer to a call, as it was stored before anything was made of it. */
export type CallAnswer =
  | { readonly kind: 'reply'; readonly bytes: Uint8Array; readonly cyclesRefunded: bigint }
  | {
      readonly kind: 'reject';
      /** 1 SYS_FATAL, 2 SYS_TRANSIENT, 3 DESTINATION_INVALID, 4 CANISTER_REJECT, 5 CANISTER_ERROR, 6 SYS_UNKNOWN. */
      readonly code: number;
      readonly message: string;
      readonly cyclesRefunded: bigint;
    };

export type RejectAnswer = Extract<CallAnswer, { readonly kind: 'reject' }>;

/**
 * Whether the network says that there is no such canister. Other rejects with the same code say that it could not be
 * reached, and then it may well be there: taken for missing, a canister that is looked for would be made once more.
 */
export function saysNoSuchCanister({ code, message }: RejectAnswer): boolean {
  return code === 3 && message.includes('IC0301');
}
