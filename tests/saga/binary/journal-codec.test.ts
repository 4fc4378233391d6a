import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { journalCodec } from '../../../src/saga/binary/journal-codec.ts';
import type { JournalEntry } from '../../../src/saga/index.ts';
import { anyFacts, anyOutcome, anyRequest, anyVerdict } from '../support/arbitraries.ts';
import { factsCodec } from '../support/definition.ts';
import type { TestFacts } from '../support/definition.ts';

const codec = journalCodec<TestFacts>(factsCodec);
const anyCount = fc.integer({ min: 0, max: 0xffff_ffff });
const anyTicket = fc.record({ serial: anyCount, epoch: anyCount });

const anyEntry: fc.Arbitrary<JournalEntry<TestFacts>> = fc.record({
  sequence: anyCount,
  atMs: fc.maxSafeNat(),
  event: fc.oneof(
    fc.record(
      {
        type: fc.constant('wake' as const),
        epoch: anyCount,
        hostVersion: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        learned: anyFacts,
      },
      { requiredKeys: ['type', 'epoch', 'hostVersion'] },
    ),
    fc.record({ type: fc.constant('outcome' as const), ticket: anyTicket, outcome: anyOutcome }),
    fc.record({ type: fc.constant('verdict' as const), ticket: anyTicket, verdict: anyVerdict }),
    ...Object.values(anyRequest),
  ),
});

describe('the binary journal entry', () => {
  it('gives back any entry exactly, of every kind and class, absent fields absent', () => {
    fc.assert(
      fc.property(anyEntry, (entry) => {
        const bytes = codec.encode(entry);
        expect(plain(codec.decode(bytes))).toStrictEqual(plain(entry));
        expect(codec.encode(codec.decode(bytes))).toEqual(bytes);
      }),
      { numRuns: 500 },
    );
  });

  it('begins with its schema version and refuses one it does not know', () => {
    const bytes = codec.encode({ sequence: 1, atMs: 2, event: { type: 'retry' } });
    expect(bytes[0]).toBe(2);
    expect(() => codec.decode(Uint8Array.of(99, ...bytes.subarray(1)))).toThrow(
      'journal entry: unknown schema version 99',
    );
  });

  it('refuses bytes that are cut off or too long', () => {
    const bytes = codec.encode({ sequence: 1, atMs: 2, event: { type: 'wake', epoch: 3, hostVersion: 4n } });
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => codec.decode(bytes.subarray(0, length))).toThrow();
    }
    expect(() => codec.decode(Uint8Array.of(...bytes, 0))).toThrow('1 bytes too long');
  });
});

/** Without the null prototypes that fast-check gives some of its objects. */
function plain<T>(value: T): T {
  return structuredClone(value);
}
