import type { Principal } from '@dfinity/principal';

/**
 * How the client reaches a network, on behalf of one caller. An implementation signs, sends, waits for the answer and
 * returns the reply's bytes; it knows nothing of Candid.
 *
 * Both methods reject with a CallRejectedError when the network or the canister refused; anything else they reject
 * with (no connection, a forged certificate) passes through the client unchanged.
 */
export interface CallTransport {
  /**
   * @param effectiveCanisterId the canister that a call to the management canister is about, by which the network
   *   routes it (IC interface spec, "Effective canister id"). Default: `canisterId`
   */
  update(
    canisterId: Principal,
    method: string,
    arg: Uint8Array,
    effectiveCanisterId?: Principal,
  ): Promise<Uint8Array>;
  query(canisterId: Principal, method: string, arg: Uint8Array): Promise<Uint8Array>;
}
