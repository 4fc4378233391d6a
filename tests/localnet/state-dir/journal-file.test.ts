import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { JournalFile, readJournal } from '../../../src/localnet/state-dir/journal-file.ts';

const before = { executedSteps: 1, nextSequenceNumber: 2, burnedCycles: 3n };
let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'journal-file-'));
  path = join(directory, 'journal-1.log');
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

test('everything appended before flushed() was asked is in the file when it resolves', async () => {
  const journal = new JournalFile(path, 0, 0);
  const waits: Promise<void>[] = [];
  for (let count = 1; count <= 50; count += 1) {
    journal.append({ count }, before);
    waits.push(journal.flushed());
  }
  await Promise.all(waits);
  await journal.flushed();
  await journal.close();
  const { entries } = readJournal(path);
  expect(entries.map(({ sequence }) => sequence)).toEqual(
    Array.from({ length: 50 }, (_, index) => index + 1),
  );
  expect(entries[49]).toEqual({ sequence: 50, before, input: { count: 50 } });
});

test('who waits at the same time shares a write-out, and nobody waits for one that began too early', async () => {
  const journal = new JournalFile(path, 0, 0);
  journal.append('first', before);
  const first = journal.flushed();
  expect(journal.flushed()).toBe(first);
  journal.append('second', before);
  const second = journal.flushed();
  expect(second).not.toBe(first);
  expect(journal.flushed()).toBe(second);
  await Promise.all([first, second]);
  await journal.close();
});

test('an absent journal has no entries', () => {
  expect(readJournal(path)).toEqual({ entries: [], end: 0 });
});
