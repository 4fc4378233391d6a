import { BinaryReader, BinaryWriter } from '../../saga/index.ts';
import { versionedReader } from '../storage/versioned-reader.ts';

const schemaVersion = 1;

/** What the caller gave for being admitted; it is given back when the job ends without a Greeter. */
export type AdmissionPayment =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'cycles'; readonly cycles: bigint }
  | { readonly kind: 'invitation'; readonly codeHash: Uint8Array };

/** Stored by place: append only. */
const paymentKinds = ['nothing', 'cycles', 'invitation'] as const;

/** The cycles of one job. */
export interface JobAccount {
  readonly owner: Uint8Array;
  /** Set aside when the job was admitted; 0 once it has ended. */
  readonly reservationCycles: bigint;
  /** What its calls have cost so far: attached cycles that did not come back, and the fees of the calls themselves. */
  readonly spentCycles: bigint;
  readonly payment: AdmissionPayment;
}

/** The cycles of one caller, over all jobs. */
export interface CallerAccount {
  readonly reservedCycles: bigint;
  readonly spentCycles: bigint;
  /** Given back for paid jobs that ended without a Greeter; pays for the next request. */
  readonly creditCycles: bigint;
}

/** The cycles of all jobs. */
export interface LedgerTotals {
  readonly reservedCycles: bigint;
  readonly spentCycles: bigint;
  /** The day UTC that `spentOnDayCycles` is about, counted from 1970. */
  readonly day: number;
  readonly spentOnDayCycles: bigint;
}

/** What is still set aside: a job that has spent more than was reserved for it has no claim left, and no debt. */
export function reservedCyclesOf({ reservationCycles, spentCycles }: JobAccount): bigint {
  return reservationCycles > spentCycles ? reservationCycles - spentCycles : 0n;
}

export function encodeJobAccount(account: JobAccount): Uint8Array {
  const { payment } = account;
  const writer = new BinaryWriter().u8(schemaVersion).bytes(account.owner);
  writer.natural(account.reservationCycles).natural(account.spentCycles);
  writer.u8(paymentKinds.indexOf(payment.kind));
  if (payment.kind === 'cycles') writer.natural(payment.cycles);
  if (payment.kind === 'invitation') writer.bytes(payment.codeHash);
  return writer.finish();
}

export function decodeJobAccount(bytes: Uint8Array): JobAccount {
  const reader = versionedReader('job account', bytes, schemaVersion);
  const owner = reader.bytes();
  const reservationCycles = reader.natural();
  const spentCycles = reader.natural();
  return { owner, reservationCycles, spentCycles, payment: readPayment(reader) };
}

export function encodeCallerAccount(account: CallerAccount): Uint8Array {
  const writer = new BinaryWriter().u8(schemaVersion).natural(account.reservedCycles);
  return writer.natural(account.spentCycles).natural(account.creditCycles).finish();
}

export function decodeCallerAccount(bytes: Uint8Array): CallerAccount {
  const reader = versionedReader('caller account', bytes, schemaVersion);
  return {
    reservedCycles: reader.natural(),
    spentCycles: reader.natural(),
    creditCycles: reader.natural(),
  };
}

export function encodeTotals(totals: LedgerTotals): Uint8Array {
  const writer = new BinaryWriter().u8(schemaVersion).natural(totals.reservedCycles);
  return writer.natural(totals.spentCycles).u32(totals.day).natural(totals.spentOnDayCycles).finish();
}

export function decodeTotals(bytes: Uint8Array): LedgerTotals {
  const reader = versionedReader('ledger totals', bytes, schemaVersion);
  return {
    reservedCycles: reader.natural(),
    spentCycles: reader.natural(),
    day: reader.u32(),
    spentOnDayCycles: reader.natural(),
  };
}

function readPayment(reader: BinaryReader): AdmissionPayment {
  const kind = reader.word(paymentKinds);
  switch (kind) {
    case 'nothing':
      return { kind };
    case 'cycles':
      return { kind, cycles: reader.natural() };
    case 'invitation':
      return { kind, codeHash: reader.bytes() };
  }
}
