import { canisterCycleBalance } from 'azle';
import { readConfiguration } from '../configuration/configuration-store.ts';
import { callBaseFeeCycles, callByteFeeCycles } from '../cycles.ts';
import { ledger } from './cycles-ledger.ts';
import { utf8Length } from '../bytes.ts';

/** What a call costs the Manager besides the cycles it attaches. */
interface SentCall {
  readonly method: string;
  readonly args: Uint8Array;
  readonly cycles: bigint;
}

/** What came back of a call. */
interface ReceivedAnswer {
  readonly cyclesRefunded: bigint;
  /** Length of the reply, or of the reject's text. */
  readonly bytes: number;
}

/** A call that would take cycles the Manager needs to keep itself running; nothing was sent. */
export class ManagerReserveError extends Error {
  override readonly name = 'ManagerReserveError';
}

/**
 * The Manager's reserve is never attached to a call: without it, it could not even answer that it is short of cycles.
 *
 * @throws ManagerReserveError
 */
export function requireReserveLeft({ method, cycles }: SentCall): void {
  if (cycles === 0n) return;
  const { managerReserveCycles } = readConfiguration();
  const balance = canisterCycleBalance();
  if (balance - cycles >= managerReserveCycles) return;
  throw new ManagerReserveError(
    `Calling ${method} with ${cycles} cycles would take the Manager's balance of ${balance} below its reserve of ${managerReserveCycles}. Top the canister up.`,
  );
}

/**
 * A call of a job was sent: its fee is spent, and what is attached counts as spent until it comes back, so that an
 * answer which gets lost costs the job what it cost the Manager.
 */
export function chargeCall(jobId: bigint, { method, args, cycles }: SentCall, nowMs: number): void {
  const fee = callBaseFeeCycles + BigInt(utf8Length(method) + args.length) * callByteFeeCycles;
  ledger.charge(jobId, cycles + fee, nowMs);
}

/**
 * A call of a job was answered: what came back is not spent, and the bytes of the answer are paid for.
 *
 * @param call whose call, and when it was sent; absent for one that an earlier version of the Manager sent
 */
export function settleCall(
  { sagaId, sentAtMs }: { readonly sagaId: bigint; readonly sentAtMs?: number },
  { cyclesRefunded, bytes }: ReceivedAnswer,
  nowMs: number,
): void {
  const feeCycles = BigInt(bytes) * callByteFeeCycles;
  ledger.settle(sagaId, { refundedCycles: cyclesRefunded, feeCycles, sentAtMs: sentAtMs ?? nowMs }, nowMs);
}
