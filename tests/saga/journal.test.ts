import { describe, expect, it } from 'vitest';
import { foldJournal, startSaga } from '../../src/saga/index.ts';
import type { JournalEntry } from '../../src/saga/index.ts';
import { applied, notApplied, seenNotApplied, unknown } from './support/answers.ts';
import type { TestFacts } from './support/definition.ts';
import { SagaDriver } from './support/saga-driver.ts';

/** Tells a story and keeps its journal. */
function story(): { driver: SagaDriver; journal: JournalEntry<TestFacts>[] } {
  const driver = new SagaDriver();
  const journal: JournalEntry<TestFacts>[] = [];
  const acts: ((driver: SagaDriver) => SagaDriver)[] = [
    (saga) => saga.wake(),
    (saga) => saga.answer(notApplied()),
    (saga) => saga.retry({ b: '1' }),
    (saga) => saga.wake(),
    (saga) => saga.answer(unknown),
    (saga) => saga.wake(),
    (saga) => saga.judge(seenNotApplied({ c: '1' })),
    (saga) => saga.wake(),
    (saga) => saga.answer(applied({ a: '1' })),
  ];
  for (const act of acts) {
    for (const effect of act(driver).effects) if (effect.kind === 'record') journal.push(effect.entry);
  }
  return { driver, journal };
}

describe('folding a journal', () => {
  it('gives the record that the saga has', () => {
    const { driver, journal } = story();
    const start = startSaga(driver.definition, 7n, {}, 1_000_000);
    expect(foldJournal(driver.definition, start, journal)).toEqual(driver.saga);
  });

  it('gives it from any summary on', () => {
    const { driver, journal } = story();
    const start = startSaga(driver.definition, 7n, {}, 1_000_000);
    for (let kept = 0; kept <= journal.length; kept += 1) {
      const base = foldJournal(driver.definition, start, journal.slice(0, kept));
      expect(foldJournal(driver.definition, base, journal.slice(kept))).toEqual(driver.saga);
    }
  });

  it('refuses a gap', () => {
    const { driver, journal } = story();
    const start = startSaga(driver.definition, 7n, {}, 1_000_000);
    expect(() => foldJournal(driver.definition, start, journal.slice(1))).toThrow(
      'saga 7: journal entry 2 after version 0',
    );
  });

  it('refuses an entry that changes nothing: it is of another saga', () => {
    const { driver, journal } = story();
    const early = startSaga(driver.definition, 7n, {}, 2_000_000);
    expect(() => foldJournal(driver.definition, early, journal)).toThrow(
      'saga 7: journal entry 1 changes nothing',
    );
  });
});
