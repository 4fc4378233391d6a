import { describe, expect, it } from 'vitest';
import { readOutcomeV1 } from '../../../src/saga/binary/outcome-codec-v1.ts';
import { BinaryReader, BinaryWriter } from '../../../src/saga/index.ts';
import type { Outcome } from '../../../src/saga/index.ts';
import { applied, defect, interrupted, interruptedFor, notApplied, unknown } from '../support/answers.ts';
import { factsCodec } from '../support/definition.ts';
import type { TestFacts } from '../support/definition.ts';

/** An error as version 1 wrote it: the number of its class, its code, its message. */
function error(errorClass: number, code: string, message: string): BinaryWriter {
  return new BinaryWriter().u8(errorClass).text(code).text(message);
}

function written(word: number, ...rest: BinaryWriter[]): Uint8Array {
  return Uint8Array.of(word, ...rest.flatMap((writer) => [...writer.finish()]));
}

function absent(): BinaryWriter {
  return new BinaryWriter().u8(0);
}

const delayed = new BinaryWriter().timeMs(7_000);

describe('an outcome of schema version 1', () => {
  it.each<readonly [string, Uint8Array, Outcome<TestFacts>]>([
    ['applied', written(0, absent()), applied()],
    [
      'applied with facts',
      written(0, new BinaryWriter().u8(1).bytes(factsCodec.encode({ a: '1' }))),
      applied({ a: '1' }),
    ],
    ['not applied', written(1, error(0, 'refused', 'refused by the test'), absent()), notApplied()],
    [
      'not applied with a delay',
      written(1, error(1, 'refused', 'refused by the test'), new BinaryWriter().u8(1).timeMs(7_000)),
      notApplied('terminal', 7_000),
    ],
    ['unknown', written(2, error(2, 'test.unknown', 'unknown by the test')), unknown],
    ['interrupted', written(3, error(3, 'test.interrupted', 'interrupted by the test')), interrupted],
    ['a defect', written(4, error(4, 'test.defect', 'defect by the test')), defect],
    [
      'interrupted with a delay',
      written(5, error(3, 'test.interrupted', 'interrupted by the test'), delayed),
      interruptedFor(7_000),
    ],
  ])('is read as it was meant: %s', (_, bytes, outcome) => {
    const reader = new BinaryReader(bytes);
    expect(readOutcomeV1(reader, factsCodec)).toStrictEqual(outcome);
    reader.finish();
  });

  it('of a kind that version 1 did not have is refused', () => {
    expect(() => readOutcomeV1(new BinaryReader(Uint8Array.of(6)), factsCodec)).toThrow('no word number 6');
  });
});
