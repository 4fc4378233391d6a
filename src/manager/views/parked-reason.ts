import { parkReasons } from '../../saga/index.ts';
import type { ParkReason } from '../../saga/index.ts';
import type { Job } from '../jobs.ts';

/** Why a job is parked: the engine's reason, or the cause that tells an operator more. */
export type ParkedReason = ParkReason | 'templateRejected';

/** Every reason a parked job may show. */
export const parkedReasons: readonly ParkedReason[] = [...parkReasons, 'templateRejected'];

/** The reason a parked job shows; undefined when it is not parked. */
export function parkedReason(job: Job): ParkedReason | undefined {
  const isTemplateToBlame = job.steps[job.cursor]?.lastError?.code === 'templateRejected';
  return isTemplateToBlame && job.parked && !job.compensating ? 'templateRejected' : job.parked?.reason;
}
