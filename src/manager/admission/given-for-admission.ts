import { msgCyclesAccept } from 'azle';
import type { AdmissionPayment } from '../budgets/accounts.ts';
import { ledger } from '../budgets/cycles-ledger.ts';
import { records } from '../storage/memory.ts';
import { Invitations } from './invitations.ts';

export const invitations = new Invitations(records);

/** A job that lost no more than this created no canister: it cost a few calls. Creating one costs a hundred times as much. */
const costOfAnInvitationCycles = 5_000_000_000n;

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

/**
 * Gives back what was taken for a job that ended without a Greeter, less what it cost: given back in full, one payment
 * would create canisters without end, each cancelled as soon as it exists.
 *
 * @param lostCycles what the job spent and the Manager has no more
 */
export function giveBackPayment(owner: Uint8Array, payment: AdmissionPayment, lostCycles: bigint): void {
  if (payment.kind === 'cycles' && lostCycles < payment.cycles) {
    ledger.addCredit(owner, payment.cycles - lostCycles);
  }
  if (payment.kind === 'invitation' && lostCycles < costOfAnInvitationCycles) {
    invitations.giveBack(payment.codeHash);
  }
}

/** How much of a payment the caller's credit covers. */
export function creditUsed(owner: Uint8Array, payment: AdmissionPayment): bigint {
  if (payment.kind !== 'cycles') return 0n;
  const { creditCycles } = ledger.caller(owner);
  return creditCycles < payment.cycles ? creditCycles : payment.cycles;
}
