import type { Principal } from '@dfinity/principal';
import { sagaStatuses } from '../../saga/index.ts';
import { bytesEqual } from '../bytes.ts';
import { InvalidInputError } from '../endpoint/invalid-input-error.ts';
import { requireText } from '../endpoint/validate.ts';
import type { Job } from '../jobs.ts';
import { maximumTemplateVersionBytes } from '../limits.ts';
import { definitionOf, sagaDefinitions } from '../provisioning/definitions.ts';
import { ownerCounts, ownerJobAt } from '../registry/owners.ts';
import { readMeta } from '../storage/meta.ts';
import type { Optional } from '../views/optional.ts';
import { parkedReason, parkedReasons } from '../views/parked-reason.ts';

/**
 * Candid's `JobFilter`. Words are texts and not variants: an option whose variant this Manager does not know is decoded
 * as absent, and a filter that says less than was meant is no filter to act by.
 */
export interface JobFilter {
  readonly status: Optional<string>;
  readonly owner: Optional<Principal>;
  readonly step: Optional<string>;
  readonly parkReason: Optional<string>;
  readonly templateVersion: Optional<string>;
}

/** @throws InvalidInputError when a word is none that a job could have */
export function requireFilter({ status, step, parkReason, templateVersion }: JobFilter): void {
  const steps = sagaDefinitions.flatMap((definition) => definition.steps.map(({ name }) => name));
  requireWord('filter.status', status, sagaStatuses);
  requireWord('filter.step', step, steps);
  requireWord('filter.parkReason', parkReason, parkedReasons);
  for (const version of templateVersion) {
    requireText('filter.templateVersion', version, maximumTemplateVersionBytes);
  }
}

/** Whether a filter lets every job through. */
export function isEmptyFilter(filter: JobFilter): boolean {
  return Object.values(filter).every((criterion: Optional<unknown>) => criterion.length === 0);
}

/** Whether a job meets every criterion there is. */
export function matchesFilter(
  job: Job,
  { status, owner, step, parkReason, templateVersion }: JobFilter,
): boolean {
  const present = definitionOf(job).steps[job.cursor]?.name;
  return (
    status.every((word) => word === job.status) &&
    owner.every((principal) => bytesEqual(principal.toUint8Array(), job.facts.owner)) &&
    step.every((name) => job.endedAtMs === undefined && name === present) &&
    parkReason.every((reason) => reason === parkedReason(job)) &&
    templateVersion.every((version) => version === job.facts.templateVersion)
  );
}

/** Where the jobs are that a filter may let through: one owner's list, or all. Numbered from 1, the oldest. */
export function jobsToSearch({ owner: [owner] }: JobFilter): {
  count: number;
  idAt: (number: number) => bigint;
} {
  if (!owner) return { count: Number(readMeta().lastJobId), idAt: BigInt };
  const bytes = owner.toUint8Array();
  return { count: ownerCounts(bytes).jobs, idAt: (number) => ownerJobAt(bytes, number - 1) ?? 0n };
}

function requireWord(field: string, [word]: Optional<string>, words: readonly string[]): void {
  if (word === undefined || words.includes(word)) return;
  throw new InvalidInputError(field, `must be one of ${words.join(', ')}`, word.slice(0, 64));
}
