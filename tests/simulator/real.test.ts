import { describe, expect, test } from 'vitest';
import { runRealSeed } from './real/index.ts';
import { Marks } from './shared/marks.ts';

const batches = 20;
const seedsPerBatch = 10;

/** What must happen sometimes, or the seeds prove nothing about it. */
const expectedMarks = [
  'answer lost',
  'activateTemplate: NotFound',
  'activateTemplate: Ok',
  'cancel: Ok',
  'cancel: TooLate',
  'cancelJobs of a job: Ok',
  'changeFee: Ok',
  'clock jump',
  'fault applyLater',
  'fault delay',
  'fault delayReply',
  'fault dropBeforeExecution',
  'fault dropReply',
  'fault limitCallback',
  'fault limitInstructions',
  'fault reject',
  'fault trap',
  'fault trapCallback',
  'findOrphans: Ok',
  'hot upgrade',
  'hot upgrade, calls open',
  'instruction limit',
  'late response',
  'out of cycles',
  'outcome interrupted',
  'outcome notApplied',
  'outcome unfinished',
  'outcome unknown',
  'pauseQueue: Ok',
  'prepareUpgrade: Ok',
  'provisioning compensated',
  'provisioning completed',
  'provisioning terminated',
  'request answered Err',
  'request rejected',
  'resolveStep: NotAllowedNow',
  'resolveStep: Ok',
  'resumeQueue: Ok',
  'retry',
  'retryJob: NotAllowedNow',
  'retryJob: Ok',
  'retryJobs: Ok',
  'setBudget: Ok',
  'stopped upgrade',
  'stopped upgrade, calls open',
  'terminateJob: NotAllowedNow',
  'terminateJob: Ok',
  'terminateJobs: Ok',
  'upgrade refused',
  'vacant canister taken',
  'verdict applied',
  'verdict notApplied',
  'verdict unreadable',
  'warming completed',
];

describe('the real Manager, whatever goes wrong,', () => {
  const marks = new Marks();

  test.each(Array.from({ length: batches }, (_, batch) => batch * seedsPerBatch + 1))(
    `keeps its promises: ${seedsPerBatch} seeds from %i on`,
    (first) => {
      for (let seed = first; seed < first + seedsPerBatch; seed += 1) {
        const report = runRealSeed(seed);
        if (report.failure) expect.fail(report.failure.text);
        marks.add(report.marks);
      }
    },
  );

  test('and everything happened in one seed or another', () => {
    expect(marks.missing(expectedMarks)).toEqual([]);
  });
});

test('the same seed does the same, byte by byte, whatever ran before it', () => {
  const logOf = (seed: number): string => {
    const lines: string[] = [];
    runRealSeed(seed, { log: (line) => lines.push(line) });
    return lines.join('\n');
  };
  const log = logOf(1_001);
  expect(log.length).toBeGreaterThan(1_000);
  expect(logOf(1_002)).not.toBe(log);
  expect(logOf(1_001)).toBe(log);
});
