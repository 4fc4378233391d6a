import type { OrderedMap } from '../../saga/index.ts';
import { callerAccountKey, jobAccountKey, ledgerTotalsKey } from '../storage/keys.ts';
import {
  decodeCallerAccount,
  decodeJobAccount,
  decodeTotals,
  encodeCallerAccount,
  encodeJobAccount,
  encodeTotals,
  reservedCyclesOf,
} from './accounts.ts';
import type { CallerAccount, JobAccount, LedgerTotals } from './accounts.ts';

const millisecondsPerDay = 24 * 60 * 60 * 1000;

/** What was there before the ledger was: jobs admitted by a version of the Manager that had none. */
export interface LedgerPast {
  /** Cycles that were reserved for open jobs when the first account was opened. */
  reservedCycles(): bigint;
  /**
   * The account of a job that was admitted without one.
   *
   * @param isEnding the job has ended in this very message, so its reservation is still there to be released
   */
  accountOf(jobId: bigint, isEnding: boolean): JobAccount;
}

/** What the answer to a call tells about its cycles. */
export interface SettledCall {
  /** Attached to the call, and came back. */
  readonly refundedCycles: bigint;
  /** What the answer itself costs. */
  readonly feeCycles: bigint;
  /** When the call was sent. */
  readonly sentAtMs: number;
}

/**
 * What jobs have reserved and spent: per job, per caller, and in all. The sums follow from the accounts, so they are
 * changed only here, together with the account that changes them, in one message.
 */
export class Ledger {
  constructor(
    private readonly records: OrderedMap,
    private readonly past: LedgerPast,
  ) {}

  account(jobId: bigint, isEnding = false): JobAccount {
    const bytes = this.records.get(jobAccountKey(jobId));
    return bytes ? decodeJobAccount(bytes) : this.past.accountOf(jobId, isEnding);
  }

  caller(owner: Uint8Array): CallerAccount {
    const bytes = this.records.get(callerAccountKey(owner));
    return bytes ? decodeCallerAccount(bytes) : { reservedCycles: 0n, spentCycles: 0n, creditCycles: 0n };
  }

  totals(): LedgerTotals {
    const bytes = this.records.get(ledgerTotalsKey());
    if (bytes) return decodeTotals(bytes);
    return { reservedCycles: this.past.reservedCycles(), spentCycles: 0n, day: 0, spentOnDayCycles: 0n };
  }

  /** Spent on the day UTC that `nowMs` belongs to. */
  spentTodayCycles(nowMs: number): bigint {
    return spentOnDay(this.totals(), nowMs);
  }

  /** Opens the account of a job that is being admitted. */
  open(jobId: bigint, account: Omit<JobAccount, 'spentCycles'>, nowMs: number): void {
    const nothing = { ...account, reservationCycles: 0n, spentCycles: 0n };
    this.move(jobId, nothing, { ...account, spentCycles: 0n }, nowMs);
  }

  /** A call was sent for the job: what is attached to it counts as spent until it comes back. */
  charge(jobId: bigint, cycles: bigint, nowMs: number): void {
    const account = this.account(jobId);
    this.move(jobId, account, { ...account, spentCycles: account.spentCycles + cycles }, nowMs);
  }

  /**
   * A call of the job was answered. What came back counts as not spent on the day on which it was attached: it makes no
   * room in the budget of another one.
   */
  settle(jobId: bigint, { refundedCycles, feeCycles, sentAtMs }: SettledCall, nowMs: number): void {
    const account = this.account(jobId);
    const spentCycles = withoutDebt(account.spentCycles + feeCycles, refundedCycles);
    const isOfToday = dayOf(sentAtMs) === dayOf(nowMs);
    const spentTodayCycles = isOfToday ? spentCycles - account.spentCycles : feeCycles;
    this.move(jobId, account, { ...account, spentCycles }, nowMs, spentTodayCycles);
  }

  /**
   * A job that was admitted without an account learned that it spent cycles: its account is opened as it was before,
   * or the sums would keep for ever what was reserved for cycles that are spent.
   */
  openFormer(jobId: bigint, before: JobAccount, spentCycles: bigint, nowMs: number): void {
    if (this.records.get(jobAccountKey(jobId))) return;
    this.move(jobId, before, { ...before, spentCycles }, nowMs);
  }

  /** The job has ended: what it did not spend is free again. @returns the account as it was */
  close(jobId: bigint, nowMs: number): JobAccount {
    const account = this.account(jobId, true);
    this.move(jobId, account, { ...account, reservationCycles: 0n }, nowMs);
    return account;
  }

  addCredit(owner: Uint8Array, cycles: bigint): void {
    const caller = this.caller(owner);
    this.writeCaller(owner, { ...caller, creditCycles: caller.creditCycles + cycles });
  }

  /** @throws Error when the caller has less: a defect, because the credit was looked at in the same message */
  takeCredit(owner: Uint8Array, cycles: bigint): void {
    const caller = this.caller(owner);
    if (caller.creditCycles < cycles)
      throw new Error(`ledger: a credit of ${caller.creditCycles} is overdrawn`);
    this.writeCaller(owner, { ...caller, creditCycles: caller.creditCycles - cycles });
  }

  private move(
    jobId: bigint,
    before: JobAccount,
    after: JobAccount,
    nowMs: number,
    spentTodayCycles = after.spentCycles - before.spentCycles,
  ): void {
    const reserved = reservedCyclesOf(after) - reservedCyclesOf(before);
    const spent = after.spentCycles - before.spentCycles;
    const caller = this.caller(after.owner);
    this.writeCaller(after.owner, {
      ...caller,
      reservedCycles: withoutDebt(caller.reservedCycles, -reserved),
      spentCycles: withoutDebt(caller.spentCycles, -spent),
    });
    const totals = this.totals();
    const written: LedgerTotals = {
      reservedCycles: withoutDebt(totals.reservedCycles, -reserved),
      spentCycles: withoutDebt(totals.spentCycles, -spent),
      day: dayOf(nowMs),
      spentOnDayCycles: withoutDebt(spentOnDay(totals, nowMs), -spentTodayCycles),
    };
    this.records.set(ledgerTotalsKey(), encodeTotals(written));
    this.records.set(jobAccountKey(jobId), encodeJobAccount(after));
  }

  private writeCaller(owner: Uint8Array, account: CallerAccount): void {
    this.records.set(callerAccountKey(owner), encodeCallerAccount(account));
  }
}

/** `amount - less`, and never below nothing: a claim that came out negative would be a promise of cycles. */
function withoutDebt(amount: bigint, less: bigint): bigint {
  return amount > less ? amount - less : 0n;
}

function spentOnDay({ day, spentOnDayCycles }: LedgerTotals, nowMs: number): bigint {
  return day === dayOf(nowMs) ? spentOnDayCycles : 0n;
}

function dayOf(nowMs: number): number {
  return Math.floor(nowMs / millisecondsPerDay);
}
