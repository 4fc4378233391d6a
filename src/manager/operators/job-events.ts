import { decide } from '../../saga/index.ts';
import type { JournalEntry, SagaRecord } from '../../saga/index.ts';
import { nanosFromMs } from '../clock.ts';
import { describeDefect } from '../defects.ts';
import { InvalidInputError } from '../endpoint/invalid-input-error.ts';
import { orInvalidRequest } from '../endpoint/or-invalid-request.ts';
import type { Job } from '../jobs.ts';
import { definitionOf } from '../provisioning/definitions.ts';
import type { ProvisioningFacts } from '../provisioning/facts.ts';
import { sagas } from '../sagas.ts';
import { optional } from '../views/optional.ts';
import type { Optional } from '../views/optional.ts';
import { readPage } from '../views/pages.ts';
import type { PageRequest } from '../views/pages.ts';
import { eventText } from './event-text.ts';
import { readJob } from './read-job.ts';
import { callingViewer, maySee } from './viewer.ts';

/** What happened to a job, oldest first, for its owner and operators: the value of Candid's `JobEventsResult`. */
export function getJobEvents(jobId: bigint, page: Optional<PageRequest>): object {
  return orInvalidRequest(() => {
    const viewer = callingViewer();
    const read = readJob(jobId);
    if (read && 'unreadable' in read) {
      return { Err: viewer.role ? { Unreadable: { text: read.unreadable } } : { NotFound: null } };
    }
    if (!read || !maySee(viewer, read.job)) return { Err: { NotFound: null } };
    try {
      return { Ok: eventsPage(jobId, page) };
    } catch (error) {
      // What is thrown for bad input is the caller's; anything else is a journal that this Manager cannot read.
      if (error instanceof InvalidInputError) throw error;
      return { Err: { Unreadable: { text: describeDefect(error) } } };
    }
  });
}

function eventsPage(jobId: bigint, page: Optional<PageRequest>): object {
  const journal = sagas.journal(jobId);
  if (!journal) throw new Error('the journal is missing');
  const compacted = journal.base.version;
  const records = foldAsFarAsPossible(journal.base, journal.entries);
  const { rows, nextCursor } = readPage(
    page,
    compacted + journal.entries.length,
    (number) => {
      const index = number - compacted;
      const entry = journal.entries[index];
      if (!entry) throw new Error(`the journal has no entry ${number + 1}`);
      return eventRow(entry, records[index], records[index + 1]);
    },
    compacted,
  );
  return { events: rows, compacted, nextCursor };
}

/**
 * The record before the first entry and after each. It ends early where an entry can no longer be replayed: a policy
 * that an upgrade has changed would lead it elsewhere.
 */
function foldAsFarAsPossible(base: Job, entries: readonly JournalEntry<ProvisioningFacts>[]): Job[] {
  const records = [base];
  try {
    const definition = definitionOf(base);
    for (const entry of entries) {
      const { saga, changed } = decide(
        definition,
        records[records.length - 1] ?? base,
        entry.event,
        entry.atMs,
      );
      if (!changed) break;
      records.push(saga);
    }
  } catch {
    // The events tell what happened also without what they led to.
  }
  return records;
}

function eventRow(
  entry: JournalEntry<ProvisioningFacts>,
  before: Job | undefined,
  after: Job | undefined,
): object {
  return {
    sequence: BigInt(entry.sequence),
    at: nanosFromMs(entry.atMs),
    kind: entry.event.type,
    step: optional(before && stepName(before)),
    text: eventText(entry.event, before, after),
  };
}

function stepName(saga: SagaRecord<ProvisioningFacts>): string | undefined {
  return definitionOf(saga).steps[saga.cursor]?.name;
}
