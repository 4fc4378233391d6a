import { decide } from './decide.ts';
import type { SagaDefinition } from './definition.ts';
import type { JournalEntry } from './event.ts';
import type { SagaRecord } from './record.ts';

/**
 * Replays a journal: the record it leads to. A stored record must equal the fold of its journal; audits check it.
 *
 * @param definition the saga's steps
 * @param base the record before the first entry (a fresh saga, or the summary of dropped entries)
 * @param entries in order, without gaps
 * @throws Error on a gap, or when an entry did not change anything: then it is not this saga's journal
 */
export function foldJournal<Facts, Action>(
  definition: SagaDefinition<Facts, Action>,
  base: SagaRecord<Facts>,
  entries: readonly JournalEntry<Facts>[],
): SagaRecord<Facts> {
  return entries.reduce((saga, entry) => {
    if (entry.sequence !== saga.version + 1) {
      throw new Error(`saga ${saga.id}: journal entry ${entry.sequence} after version ${saga.version}`);
    }
    const { saga: next, changed } = decide(definition, saga, entry.event, entry.atMs);
    if (!changed) throw new Error(`saga ${saga.id}: journal entry ${entry.sequence} changes nothing`);
    return next;
  }, base);
}
