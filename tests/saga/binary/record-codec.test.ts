import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recordCodec } from '../../../src/saga/binary/record-codec.ts';
import { attemptPhases } from '../../../src/saga/definition.ts';
import type { SagaRecord } from '../../../src/saga/index.ts';
import { sagaStatuses } from '../../../src/saga/index.ts';
import { errorClasses } from '../../../src/saga/outcome.ts';
import { parkReasons, stepStates } from '../../../src/saga/record.ts';
import { anyFacts } from '../support/arbitraries.ts';
import { factsCodec } from '../support/definition.ts';
import type { TestFacts } from '../support/definition.ts';
import { SagaDriver } from '../support/saga-driver.ts';

const codec = recordCodec<TestFacts>(factsCodec);
const anyCount = fc.integer({ min: 0, max: 0xffff_ffff });
const anyTime = fc.maxSafeNat();
const anyText = fc.string({ unit: 'grapheme' });

const anyAttempt = fc.record({
  serial: anyCount,
  epoch: anyCount,
  phase: fc.constantFrom(...attemptPhases),
  hostVersion: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  startedAtMs: anyTime,
  leaseUntilMs: anyTime,
});

const anyStep = fc.record(
  {
    state: fc.constantFrom(...stepStates),
    attempt: anyCount,
    reconcileAttempt: anyCount,
    unknownAttempt: anyAttempt,
    startedAtMs: anyTime,
    endedAtMs: anyTime,
    lastError: fc.record({
      class: fc.constantFrom(...errorClasses),
      code: anyText,
      message: anyText,
      atMs: anyTime,
    }),
    evidence: anyText,
  },
  { requiredKeys: ['state', 'attempt', 'reconcileAttempt'] },
);

/** Any record the format can hold, whether or not the engine would ever make it. */
const anyRecord = fc.record(
  {
    id: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    definitionName: anyText,
    definitionVersion: anyCount,
    status: fc.constantFrom(...sagaStatuses),
    cursor: anyCount,
    compensating: fc.constant(true as const),
    cancelRequestedAtMs: anyTime,
    steps: fc.array(anyStep, { maxLength: 5 }),
    facts: anyFacts,
    attempts: anyCount,
    openAttempt: anyAttempt,
    dueAtMs: anyTime,
    parked: fc.record({ reason: fc.constantFrom(...parkReasons), sinceMs: anyTime }),
    lateAnswers: anyCount,
    version: anyCount,
    createdAtMs: anyTime,
    updatedAtMs: anyTime,
    endedAtMs: anyTime,
  },
  {
    requiredKeys: [
      'id',
      'definitionName',
      'definitionVersion',
      'status',
      'cursor',
      'steps',
      'facts',
      'attempts',
      'lateAnswers',
      'version',
      'createdAtMs',
      'updatedAtMs',
    ],
  },
) as fc.Arbitrary<SagaRecord<TestFacts>>;

describe('the binary record', () => {
  it('gives back any record exactly, absent fields absent', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        const bytes = codec.encode(record);
        expect(codec.decode(bytes)).toStrictEqual(structuredClone(record));
        expect(codec.encode(codec.decode(bytes))).toEqual(bytes);
      }),
    );
  });

  it('begins with its schema version and refuses one it does not know', () => {
    const bytes = codec.encode(new SagaDriver().saga);
    expect(bytes[0]).toBe(2);
    expect(() => codec.decode(Uint8Array.of(99, ...bytes.subarray(1)))).toThrow(
      'saga record: unknown schema version 99',
    );
  });

  it('reads what version 1 wrote: such a saga goes forward, and nobody has asked for anything else', () => {
    const { saga } = new SagaDriver().wake();
    const bytes = codec.encode(saga);
    // Version 2 added two fields at the end, a byte each when they are absent.
    const ofVersion1 = Uint8Array.of(1, ...bytes.subarray(1, -2));
    expect(codec.decode(ofVersion1)).toStrictEqual(saga);
    expect(codec.decode(ofVersion1)).not.toHaveProperty('compensating');
    expect(() => codec.decode(Uint8Array.of(2, ...bytes.subarray(1, -2)))).toThrow();
  });

  it('refuses bytes that are cut off or too long, at any place', () => {
    const bytes = codec.encode(new SagaDriver().wake().saga);
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => codec.decode(bytes.subarray(0, length))).toThrow();
    }
    expect(() => codec.decode(Uint8Array.of(...bytes, 0))).toThrow('1 bytes too long');
  });
});
