import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StateDirError } from '../../../src/localnet/state-dir/index.ts';
import { JournalFile, readJournal } from '../../../src/localnet/state-dir/journal-file.ts';

const before = { executedSteps: 1, nextSequenceNumber: 2, burnedCycles: 3n };
let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'journal-damage-'));
  path = join(directory, 'journal-1.log');
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

/** Writes a journal anew. @returns where each entry ends */
async function write(inputs: readonly Uint8Array[]): Promise<number[]> {
  rmSync(path, { force: true });
  const journal = new JournalFile(path, 0, 0);
  const ends = inputs.map((input) => {
    journal.append(input, before);
    return journal.bytes;
  });
  await journal.close();
  return ends;
}

/** How many entries are read, each as it was written; or that the journal is refused. */
function outcome(inputs: readonly Uint8Array[], ends: readonly number[]): number | 'refused' {
  try {
    const { entries, end } = readJournal(path);
    expect(entries.map(({ input }) => input)).toEqual(inputs.slice(0, entries.length));
    expect(end).toBe(ends[entries.length - 1] ?? 0);
    return entries.length;
  } catch (error) {
    if (!(error instanceof StateDirError)) throw error;
    expect(error.code).toBe('STATE_DIR_DAMAGED');
    return 'refused';
  }
}

/** Zeros are what an unwritten place holds, so they are frequent here. */
const input = fc.oneof(
  fc.uint8Array({ maxLength: 80 }),
  fc.nat(80).map((length) => new Uint8Array(length)),
);
const inputs = fc.array(input, { minLength: 1, maxLength: 6 });
/** A place in a file of unknown length. */
const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const placeIn = (bytes: Uint8Array, where: number) => Math.floor(where * bytes.length);

test('wherever writing stopped, all entries that were finished are read, and the rest is cut off', async () => {
  await fc.assert(
    fc.asyncProperty(inputs, fraction, async (written, where) => {
      const ends = await write(written);
      const length = placeIn(readFileSync(path), where);
      truncateSync(path, length);
      expect(outcome(written, ends)).toBe(ends.filter((end) => end <= length).length);
    }),
    { numRuns: 150 },
  );
});

test('space that was reserved and never written is no entry', async () => {
  await fc.assert(
    fc.asyncProperty(inputs, fraction, fc.nat(5_000), async (written, where, zeros) => {
      const ends = await write(written);
      const length = placeIn(readFileSync(path), where);
      truncateSync(path, length);
      appendFileSync(path, new Uint8Array(zeros));
      // An entry may end in zeros itself, and is whole again with some.
      const kept = outcome(written, ends);
      const whole = ends.filter((end) => end <= length).length;
      const lastEnd = ends[whole] ?? 0;
      const beginsInHeader = length - (ends[whole - 1] ?? 0) < 12;
      if (kept === 'refused') {
        // Part of a header and zeros behind it: nothing tells where that entry would have ended.
        expect(beginsInHeader && length > (ends[whole - 1] ?? 0)).toBe(true);
      } else if (kept !== whole) {
        expect(kept).toBe(whole + 1);
        expect(
          readFileSync(path)
            .subarray(length, lastEnd)
            .every((byte) => byte === 0),
        ).toBe(true);
      }
    }),
    { numRuns: 150 },
  );
});

test('whatever byte is changed, no entry is read that was not written so, and none is lost but the last', async () => {
  await fc.assert(
    fc.asyncProperty(inputs, fraction, fc.integer({ min: 1, max: 255 }), async (written, where, change) => {
      const ends = await write(written);
      const bytes = readFileSync(path);
      const place = placeIn(bytes, where);
      bytes[place] = (bytes[place] ?? 0) ^ change;
      writeFileSync(path, bytes);
      const result = outcome(written, ends);
      const isInLast = place >= (ends.at(-2) ?? 0);
      if (isInLast && result !== 'refused') expect(result).toBe(written.length - 1);
      else expect(result).toBe('refused');
    }),
    { numRuns: 250 },
  );
});

test('a place in the middle that was overwritten or taken out is refused', async () => {
  await fc.assert(
    fc.asyncProperty(inputs, fraction, fc.uint8Array({ maxLength: 40 }), async (written, where, other) => {
      fc.pre(written.length > 1);
      const ends = await write([...written, new Uint8Array(50).fill(1)]);
      const bytes = readFileSync(path);
      const place = Math.floor(where * (ends.at(-2) ?? 0));
      const replaced = Buffer.concat([bytes.subarray(0, place), other, bytes.subarray(place + 30)]);
      fc.pre(!replaced.equals(bytes));
      writeFileSync(path, replaced);
      expect(outcome(written, ends)).toBe('refused');
    }),
    { numRuns: 150 },
  );
});

test('damage of any size is found at once', async () => {
  const ends = await write([new Uint8Array(10)]);
  // Every place of it could be the beginning of something long.
  const noise = Buffer.alloc(64 * 1_048_576, Uint8Array.of(0xff, 0xff, 0xff, 0x00));
  appendFileSync(path, noise);
  expect(outcome([new Uint8Array(10)], ends)).toBe('refused');
});
