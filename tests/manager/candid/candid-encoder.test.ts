import { IDL } from '@dfinity/candid';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { candidEncoder } from '../../../src/manager/candid/candid-encoder.ts';
import { ActionResult, CreateGreeterResult, JobStatus } from '../../../src/manager/candid/job.ts';
import { GreetersPage, JobsPage } from '../../../src/manager/candid/lists.ts';
import { QueueStatsResult, TemplateResult, Templates } from '../../../src/manager/candid/operator.ts';
import { candidListArbitrary } from '../../client/support/candid-arbitrary.ts';

const lists: Record<string, IDL.Type[]> = {
  createGreeter: [CreateGreeterResult],
  getJobStatus: [IDL.Opt(JobStatus)],
  listMyJobs: [JobsPage],
  listGreeters: [GreetersPage],
  retryJob: [ActionResult],
  publishTemplate: [TemplateResult],
  listTemplates: [Templates],
  getQueueStats: [QueueStatsResult],
  nothing: [],
  several: [IDL.Text, IDL.Opt(IDL.Nat), IDL.Vec(IDL.Nat8)],
};

describe('an encoder of fixed types', () => {
  test.each(Object.entries(lists))(
    'gives the bytes of the Candid library, message after message: %s',
    (_, types) => {
      const encode = candidEncoder(types);
      fc.assert(
        fc.property(candidListArbitrary(types), (values) => {
          expect(Buffer.from(encode(values))).toEqual(Buffer.from(IDL.encode(types, values)));
        }),
        { numRuns: 40 },
      );
    },
  );

  const anyKind = IDL.Record({
    text: IDL.Text,
    natural: IDL.Nat,
    word: IDL.Nat64,
    half: IDL.Nat32,
    byte: IDL.Nat8,
    flag: IDL.Bool,
    maybe: IDL.Opt(IDL.Vec(IDL.Opt(IDL.Nat))),
    blob: IDL.Vec(IDL.Nat8),
    either: IDL.Variant({ none: IDL.Null, some: IDL.Text }),
    id: IDL.Principal,
  });

  test('takes and refuses what the Candid library takes and refuses, of whatever type', () => {
    const encode = candidEncoder([anyKind]);
    const anyNumber = fc.oneof(
      fc.bigInt(),
      fc.integer(),
      fc.double(),
      fc.bigInt(2n ** 64n - 2n, 2n ** 64n + 2n),
    );
    const anyWrong = fc.oneof(anyNumber, fc.anything({ withBigInt: true }), fc.uint8Array());
    const anyChange = fc.option(
      fc.tuple(fc.constantFrom(...anyKind._fields.map(([name]) => name)), anyWrong),
    );
    const seen = { taken: 0, refused: 0 };
    fc.assert(
      fc.property(candidListArbitrary([anyKind]), anyChange, ([valid], change) => {
        const value: unknown = change ? { ...(valid as object), [change[0]]: change[1] } : valid;
        const expected = outcomeOf(() => IDL.encode([anyKind], [value]));
        seen[expected === 'refused' ? 'refused' : 'taken'] += 1;
        expect(outcomeOf(() => encode([value]))).toEqual(expected);
      }),
      { numRuns: 1_000 },
    );
    expect(seen.taken).toBeGreaterThan(100);
    expect(seen.refused).toBeGreaterThan(100);
  });

  test('begins anew after a value that it refused half-way', () => {
    const encode = candidEncoder([IDL.Record({ a: IDL.Text, b: IDL.Text })]);
    const bytes = encode([{ a: 'x', b: 'y' }]);
    expect(() => encode([{ a: 'x', b: 7 }])).toThrow();
    expect(encode([{ a: 'x', b: 'y' }])).toEqual(bytes);
  });

  test('refuses values of another shape instead of encoding something else', () => {
    const encode = candidEncoder([IDL.Record({ name: IDL.Text, age: IDL.Nat32 })]);
    encode([{ name: 'Alice', age: 7 }]);
    for (const wrong of [
      { age: 7 },
      { name: 7, age: 7 },
      { name: 'Alice', age: -1 },
      { name: 'Alice' },
      undefined,
    ]) {
      expect(() => encode([wrong])).toThrow();
    }
    expect(() => encode([])).toThrow('0 values for 1 types');
    expect(() => encode([{ name: 'Alice', age: 7 }, 1])).toThrow('2 values for 1 types');
  });
});

function outcomeOf(encode: () => Uint8Array): Buffer | 'refused' {
  try {
    return Buffer.from(encode());
  } catch {
    return 'refused';
  }
}
