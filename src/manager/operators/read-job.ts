import { describeDefect } from '../defects.ts';
import type { Job } from '../jobs.ts';
import { definitionOf } from '../provisioning/definitions.ts';
import { sagas } from '../sagas.ts';

/** A job, or why this Manager cannot read its record; another version may. */
export type ReadJob = { readonly job: Job } | { readonly unreadable: string };

/**
 * Reads a job whose record may be of a format or kind that this Manager does not know: such a record stops its own
 * job, and must not take with it the list it is on.
 */
export function readJob(id: bigint): ReadJob | undefined {
  try {
    const job = sagas.get(id);
    if (!job) return undefined;
    const { name, version } = definitionOf(job);
    return job.definitionVersion === version
      ? { job }
      : { unreadable: `it was started with ${name} version ${job.definitionVersion}, not ${version}` };
  } catch (error) {
    return { unreadable: describeDefect(error) };
  }
}
