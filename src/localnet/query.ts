import type { Principal } from '@dfinity/principal';
import { QueryRun } from './query-run.ts';
import { CallRejectedError } from './rejection.ts';
import type { CallerInfo } from './state.ts';
import type { World } from './world.ts';

/** A user's query call. */
export interface QueryCall {
  readonly sender: Principal;
  readonly canisterId: Principal;
  /** A query or a composite query method. */
  readonly method: string;
  /** Candid-encoded. */
  readonly arg: Uint8Array;
  /** What a canister attests about the sender. Verified by whoever asks. */
  readonly senderInfo?: CallerInfo | undefined;
  /**
   * Makes what `ic0.data_certificate_copy` shows to the canister asked, as CBOR; called only if it looks, because
   * signing takes time. Absent: the canister finds no certificate, as on a network that does not certify its state.
   */
  readonly dataCertificate?: () => Uint8Array;
}

/**
 * Executes a query or composite query on the committed state; whatever it changes is dropped.
 *
 * @throws CallRejectedError
 */
export function executeQuery(world: World, call: QueryCall): Uint8Array {
  const result = new QueryRun(world).ask(call);
  if (result.kind === 'reject') throw new CallRejectedError(result.rejection);
  return result.bytes;
}
