import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { journalCodec } from '../../src/saga/binary/journal-codec.ts';
import { recordCodec } from '../../src/saga/binary/record-codec.ts';
import { foldJournal } from '../../src/saga/index.ts';
import type { JournalEntry, SagaRecord } from '../../src/saga/index.ts';
import { goldenDefinition, goldenStories } from './golden-stories.ts';
import type { GoldenStory } from './golden-stories.ts';
import { applied, seenNotApplied } from './support/answers.ts';
import { factsCodec } from './support/definition.ts';
import type { TestFacts } from './support/definition.ts';
import { SagaDriver } from './support/saga-driver.ts';

const records = recordCodec<TestFacts>(factsCodec);
const entries = journalCodec<TestFacts>(factsCodec);
const fixtures = new URL('fixtures/', import.meta.url);
const currentSchema = 'schema-2';

/** A recorded journal: the record before it, its entries, and the record it led to, a line each, in hexadecimal. */
interface Recording {
  readonly base: SagaRecord<TestFacts>;
  readonly journal: readonly JournalEntry<TestFacts>[];
  readonly end: SagaRecord<TestFacts>;
}

const recordings = readdirSync(fixtures, { recursive: true, encoding: 'utf8' }).filter((path) =>
  path.endsWith('.hex'),
);

describe('a recorded journal', () => {
  it.each(recordings)('is still understood and leads to the same end: %s', (path) => {
    const recorded = parse(readFileSync(new URL(path, fixtures), 'utf8'));
    const story = goldenStories.find(({ name }) => path.endsWith(`/${name}.hex`));
    expect(recorded.end).toMatchObject(story?.end ?? { error: `no story of ${path}` });
    const definition = story?.definition ?? goldenDefinition;
    expect(foldJournal(definition, recorded.base, recorded.journal)).toEqual(recorded.end);
  });
});

describe('a record of schema version 1', () => {
  const ofVersion1 = recordings.filter((path) => path.startsWith('schema-1/'));

  it.each(ofVersion1)('is written as version 2, and is the same saga: %s', (path) => {
    const { end } = parse(readFileSync(new URL(path, fixtures), 'utf8'));
    const [inVersion1, inVersion2] = [lastLine(path), records.encode(end)];
    expect([inVersion1[0], inVersion2[0]]).toEqual([1, 2]);
    expect(records.decode(inVersion2)).toEqual(end);
  });

  // None of the steps it was recorded with can be undone, so each that is not waited for ends at once.
  it.each([
    ['straight-through', 'completed', undefined],
    ['lost-answer-comes-late', 'compensated', 'compensated'],
    ['parked-and-resumed', 'reconciling', 'compensated'],
    ['exhausted-with-an-open-attempt', 'running', 'compensated'],
    ['waiting-for-means', 'compensated', 'compensated'],
  ] as const)('can be cancelled: %s becomes %s', (story, status, end) => {
    const driver = new SagaDriver(goldenDefinition);
    driver.saga = records.decode(lastLine(`schema-1/${story}.hex`));
    driver.nowMs = driver.saga.updatedAtMs + 1_000;
    expect(driver.cancel().saga.status).toBe(status);
    expect(driver.changed).toBe(end !== undefined);
    if (status === 'reconciling') driver.wake().judge(seenNotApplied());
    if (status === 'running') driver.answer(applied());
    if (end)
      expect(records.decode(records.encode(driver.saga))).toMatchObject({ status: end, compensating: true });
  });
});

describe('what the engine writes today', () => {
  // If this fails, the format or the behaviour has changed: raise the schema version, keep the old fixtures and record
  // new ones beside them. Never record over fixtures of a released version.
  it.each(goldenStories)('is, byte for byte, what it wrote when it was recorded: $name', async (story) => {
    await expect(print(record(story))).toMatchFileSnapshot(`fixtures/${currentSchema}/${story.name}.hex`);
  });
});

function record({ acts, compacted, definition = goldenDefinition }: GoldenStory): Recording {
  const driver = new SagaDriver(definition);
  let base = driver.saga;
  const journal: JournalEntry<TestFacts>[] = [];
  acts.forEach((act, index) => {
    for (const effect of act(driver).effects) if (effect.kind === 'record') journal.push(effect.entry);
    if (index + 1 === compacted) base = driver.saga;
  });
  return { base, journal: journal.slice(compacted), end: driver.saga };
}

function print({ base, journal, end }: Recording): string {
  const lines = [
    ['base', records.encode(base)] as const,
    ...journal.map((entry) => ['entry', entries.encode(entry)] as const),
    ['end', records.encode(end)] as const,
  ];
  return lines.map(([kind, bytes]) => `${kind} ${Buffer.from(bytes).toString('hex')}\n`).join('');
}

function parse(text: string): Recording {
  const lines = text.trimEnd().split('\n');
  const bytesOf = (kind: string): Uint8Array[] =>
    lines
      .filter((line) => line.startsWith(`${kind} `))
      .map((line) => bytesFromHex(line.slice(kind.length + 1)));
  const [base, ...otherBases] = bytesOf('base').map(records.decode);
  const [end, ...otherEnds] = bytesOf('end').map(records.decode);
  if (!base || !end || otherBases.length + otherEnds.length > 0)
    throw new Error('a recording has one base and one end');
  return { base, journal: bytesOf('entry').map(entries.decode), end };
}

/** The bytes of the record a recording ends with. */
function lastLine(path: string): Uint8Array {
  const line = readFileSync(new URL(path, fixtures), 'utf8').trimEnd().split('\n').at(-1) ?? '';
  return bytesFromHex(line.slice('end '.length));
}

function bytesFromHex(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}
