import { isEnded } from '../../saga/index.ts';
import { sagas } from '../sagas.ts';
import { records } from '../storage/memory.ts';
import { readMeta } from '../storage/meta.ts';
import { Ledger } from './ledger.ts';

/** What versions of the Manager without a ledger set aside for each open job. */
const formerReservationCycles = 1_600_000_000_000n;

/** The cycles of all jobs, in stable memory. */
export const ledger = new Ledger(records, {
  reservedCycles: () => readMeta().cyclesReserved,
  accountOf: (jobId, isEnding) => {
    const job = sagas.get(jobId);
    if (!job) throw new Error(`ledger: there is no job ${jobId}`);
    const { owner, cyclesSpent } = job.facts;
    const reservationCycles = isEnded(job.status) && !isEnding ? 0n : formerReservationCycles;
    return { owner, reservationCycles, spentCycles: cyclesSpent, payment: { kind: 'nothing' } };
  },
});
