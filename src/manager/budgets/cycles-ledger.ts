import { isEnded } from '../../saga/index.ts';
import type { SagaRecord } from '../../saga/index.ts';
import type { ProvisioningFacts } from '../provisioning/facts.ts';
import { sagas } from '../sagas.ts';
import { records } from '../storage/memory.ts';
import { readMeta } from '../storage/meta.ts';
import type { JobAccount } from './accounts.ts';
import { Ledger } from './ledger.ts';

/** What versions of the Manager without a ledger set aside for each open job. */
const formerReservationCycles = 1_600_000_000_000n;

/** The cycles of all jobs, in stable memory. */
export const ledger = new Ledger(records, {
  reservedCycles: () => readMeta().cyclesReserved,
  accountOf: (jobId, isEnding) => {
    const job = sagas.get(jobId);
    if (!job) throw new Error(`ledger: there is no job ${jobId}`);
    return formerAccount(job.facts, isEnded(job.status) && !isEnding ? 0n : formerReservationCycles);
  },
});

/** To be told when an open job changed: keeps up with what jobs from before the ledger learn that they spent. */
export function followSpending(
  before: SagaRecord<ProvisioningFacts>,
  job: SagaRecord<ProvisioningFacts>,
  nowMs: number,
): void {
  const { cyclesSpent } = job.facts;
  if (cyclesSpent === before.facts.cyclesSpent) return;
  ledger.openFormer(job.id, formerAccount(before.facts, formerReservationCycles), cyclesSpent, nowMs);
}

function formerAccount({ owner, cyclesSpent }: ProvisioningFacts, reservationCycles: bigint): JobAccount {
  return { owner, reservationCycles, spentCycles: cyclesSpent, payment: { kind: 'nothing' } };
}
