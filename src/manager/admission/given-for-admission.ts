import { msgCyclesAccept } from 'azle';
import type { AdmissionPayment } from '../budgets/accounts.ts';
import { ledger } from '../budgets/cycles-ledger.ts';
import { records } from '../storage/memory.ts';
import { Invitations } from './invitations.ts';

export const invitations = new Invitations(records);

/**
 * Takes what a caller gives for being admitted: credit first, then attached cycles, and never more than the price.
 * What was attached beyond it goes back with the answer.
 *
 * @throws Error when less came than was there a moment ago: the message must trap and give everything back
 */
export function takePayment(owner: Uint8Array, payment: AdmissionPayment): void {
  switch (payment.kind) {
    case 'nothing':
      return;
    case 'invitation':
      invitations.use(payment.codeHash);
      return;
    case 'cycles': {
      const fromCredit = creditUsed(owner, payment);
      if (fromCredit > 0n) ledger.takeCredit(owner, fromCredit);
      const due = payment.cycles - fromCredit;
      const accepted = due > 0n ? msgCyclesAccept(due) : 0n;
      if (accepted !== due) throw new Error(`admission: ${accepted} cycles came in place of ${due}`);
    }
  }
}

/** Gives back what was taken for a job that ended without a Greeter. */
export function giveBackPayment(owner: Uint8Array, payment: AdmissionPayment): void {
  if (payment.kind === 'cycles') ledger.addCredit(owner, payment.cycles);
  if (payment.kind === 'invitation') invitations.giveBack(payment.codeHash);
}

/** How much of a payment the caller's credit covers. */
export function creditUsed(owner: Uint8Array, payment: AdmissionPayment): bigint {
  if (payment.kind !== 'cycles') return 0n;
  const { creditCycles } = ledger.caller(owner);
  return creditCycles < payment.cycles ? creditCycles : payment.cycles;
}
