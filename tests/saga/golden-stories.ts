import type { RetryPolicy } from '../../src/saga/index.ts';
import {
  applied,
  defect,
  interrupted,
  interruptedFor,
  notApplied,
  seenApplied,
  seenNotApplied,
  undecided,
  unfinished,
  unknown,
  unreadable,
} from './support/answers.ts';
import { testDefinition, testStep } from './support/definition.ts';
import { SagaDriver } from './support/saga-driver.ts';

/** What a saga goes through, one event after the other. */
export interface GoldenStory {
  readonly name: string;
  /** So many first events are folded into the base, as compaction does. */
  readonly compacted: number;
  readonly acts: readonly ((saga: SagaDriver) => SagaDriver)[];
  /** What the end must be understood as, for ever. */
  readonly end: object;
}

/** The definition the fixtures were recorded with. Never change it: add another one for another recording. */
export const goldenDefinition = testDefinition([
  testStep('create', { leaseMs: 60_000, retry: jitteryPolicy(2) }),
  testStep('install', { retry: jitteryPolicy(3), reconcileRetry: jitteryPolicy(2) }),
  testStep('register'),
]);

function jitteryPolicy(maximumAttempts: number): RetryPolicy {
  return {
    initialIntervalMs: 1_000,
    backoffCoefficient: 2.5,
    maximumIntervalMs: 300_000,
    jitter: 0.2,
    maximumAttempts,
  };
}

const wake = (saga: SagaDriver): SagaDriver => saga.wake();

export const goldenStories: readonly GoldenStory[] = [
  {
    name: 'straight-through',
    compacted: 0,
    acts: [
      wake,
      (saga) => saga.later(2_500).answer(applied({ canister: 'aaaaa-aa' })),
      wake,
      (saga) => saga.later(4_000).answer(applied()),
      wake,
      (saga) => saga.answer(applied({ registered: 'yes' })),
    ],
    end: {
      status: 'completed',
      cursor: 3,
      attempts: 3,
      lateAnswers: 0,
      version: 6,
      facts: { canister: 'aaaaa-aa', registered: 'yes' },
      steps: [{ state: 'succeeded' }, { state: 'succeeded' }, { state: 'succeeded' }],
    },
  },
  {
    name: 'lost-answer-comes-late',
    compacted: 3,
    acts: [
      wake,
      (saga) => saga.answer(interrupted),
      wake,
      (saga) => saga.answer(notApplied('retryable', 300_000)),
      wake,
      wake,
      wake,
      (saga) => saga.judge(unfinished({ page: '1' })),
      wake,
      (saga) => saga.judge(seenNotApplied({ page: '2' })),
      (saga) => saga.answer(applied({ canister: 'late' }), { serial: 3, epoch: 1 }),
      (saga) => saga.answer(applied({ canister: 'twice' }), { serial: 3, epoch: 1 }),
      (saga) => saga.judge(seenApplied(), { serial: 4, epoch: 1 }),
    ],
    end: {
      status: 'running',
      cursor: 1,
      attempts: 5,
      lateAnswers: 2,
      version: 13,
      facts: { page: '2', canister: 'late' },
      steps: [
        { state: 'succeeded', evidence: 'the answer came late' },
        { state: 'pending', attempt: 0 },
        { state: 'pending', attempt: 0 },
      ],
    },
  },
  {
    name: 'parked-and-resumed',
    compacted: 0,
    acts: [
      wake,
      (saga) => saga.answer(applied()),
      wake,
      (saga) => saga.answer(unknown),
      wake,
      (saga) => saga.judge(unreadable()),
      wake,
      (saga) => saga.judge(undecided),
      (saga) => saga.later(3_600_000).retry({ operator: 'looked' }),
      wake,
      (saga) => saga.judge(unreadable('interrupted')),
      wake,
      (saga) => saga.judge(seenNotApplied()),
      wake,
      (saga) => saga.answer(defect),
    ],
    end: {
      status: 'parked',
      parked: { reason: 'defect' },
      cursor: 1,
      attempts: 7,
      version: 15,
      facts: { operator: 'looked' },
      steps: [
        { state: 'succeeded' },
        {
          state: 'outcomeUnknown',
          attempt: 1,
          reconcileAttempt: 0,
          unknownAttempt: { serial: 7, epoch: 1, phase: 'execute', hostVersion: 40n },
          lastError: { class: 'defect', code: 'test.defect', message: 'defect by the test' },
        },
        { state: 'pending' },
      ],
    },
  },
  {
    name: 'exhausted-with-an-open-attempt',
    compacted: 5,
    acts: [
      wake,
      (saga) => saga.answer(notApplied()),
      wake,
      (saga) => saga.answer(notApplied()),
      (saga) => saga.retry(),
      wake,
      (saga) => saga.answer(notApplied('terminal')),
      (saga) => saga.retry({ template: 'v2' }),
      wake,
    ],
    end: {
      status: 'running',
      cursor: 0,
      attempts: 4,
      version: 9,
      facts: { template: 'v2' },
      openAttempt: { serial: 4, epoch: 1, phase: 'execute', hostVersion: 40n },
      steps: [{ state: 'inFlight', attempt: 1 }, { state: 'pending' }, { state: 'pending' }],
    },
  },
  {
    name: 'waiting-for-means',
    compacted: 0,
    acts: [
      wake,
      (saga) => saga.answer(interruptedFor(60_000)),
      wake,
      (saga) => saga.answer(unknown),
      wake,
      (saga) => saga.judge(unreadable('interrupted', 30_000)),
      wake,
      (saga) => saga.judge(seenApplied({ canister: 'seen' })),
    ],
    end: {
      status: 'running',
      cursor: 1,
      attempts: 4,
      version: 8,
      updatedAtMs: 1_090_000,
      facts: { canister: 'seen' },
      steps: [
        { state: 'succeeded', attempt: 1, evidence: 'seen' },
        { state: 'pending' },
        { state: 'pending' },
      ],
    },
  },
];
