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
