import fs, { mkdtempSync, rmSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { JournalFile, readJournal } from '../../../src/localnet/state-dir/journal-file.ts';

const before = { executedSteps: 1, nextSequenceNumber: 2, burnedCycles: 3n };
let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'journal-file-'));
  path = join(directory, 'journal-1.log');
});

afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
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

test('an entry that found no room on the disk leaves nothing behind, and later ones are read', async () => {
  const journal = new JournalFile(path, 0, 0);
  journal.append('first', before);
  const write = fs.writeSync.bind(fs) as (file: number, bytes: Uint8Array) => number;
  vi.spyOn(fs, 'writeSync')
    .mockImplementationOnce((file, bytes) => write(file, (bytes as unknown as Uint8Array).subarray(0, 10)))
    .mockImplementationOnce(() => {
      throw new Error('ENOSPC: no space left on device, write');
    });
  syncBuiltinESMExports();
  expect(() => {
    journal.append('too much', before);
  }).toThrow('ENOSPC');
  vi.restoreAllMocks();
  syncBuiltinESMExports();
  journal.append('second', before);
  await journal.close();
  expect(readJournal(path).entries.map(({ input }) => input)).toEqual(['first', 'second']);
});

test('after a write-out that failed nothing is said to be safe any more', async () => {
  const journal = new JournalFile(path, 0, 0);
  vi.spyOn(fs, 'fdatasync').mockImplementationOnce((_file, done) => {
    done(Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' }));
  });
  syncBuiltinESMExports();
  journal.append('lost', before);
  await expect(journal.flushed()).rejects.toThrow('EIO');
  await expect(journal.flushed()).rejects.toThrow('EIO');
  expect(() => {
    journal.append('later', before);
  }).toThrow('EIO');
  await expect(journal.close()).rejects.toThrow('EIO');
});

test('an absent journal has no entries', () => {
  expect(readJournal(path)).toEqual({ entries: [], end: 0 });
});
