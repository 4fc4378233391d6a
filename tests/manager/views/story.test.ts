import { Principal } from '@dfinity/principal';
import { describe, expect, test } from 'vitest';
import { provisioning } from '../../../src/manager/provisioning/definition.ts';
import type { ProvisioningFacts } from '../../../src/manager/provisioning/facts.ts';
import { storyOf } from '../../../src/manager/views/story.ts';
import { summaryOf } from '../../../src/manager/views/summary.ts';
import { decide, sagaStatuses, startSaga } from '../../../src/saga/index.ts';
import type { Outcome, SagaEvent, SagaRecord, Verdict } from '../../../src/saga/index.ts';

type Job = SagaRecord<ProvisioningFacts>;

const greeterId = Principal.fromText('lxzze-o7777-77777-aaaaa-cai').toUint8Array();
const created: Outcome<ProvisioningFacts> = { kind: 'applied', learned: { greeterId } };
const unknown: Outcome<ProvisioningFacts> = {
  kind: 'unknown',
  error: { class: 'unknown', code: 'systemUnknown', message: 'no answer in time' },
};
const shortage = {
  class: 'interrupted',
  code: 'awaitingCycles',
  message: '2 cycles needed, 1 available',
} as const;

function accepted(): Job {
  const owner = new Uint8Array([1]);
  const facts = { owner, templateVersion: '1.0.0', moduleHash: new Uint8Array(32), cyclesSpent: 0n };
  return startSaga(provisioning, 1n, facts, 0);
}

function after(job: Job, event: SagaEvent<ProvisioningFacts>): Job {
  return decide(provisioning, job, event, job.dueAtMs ?? job.updatedAtMs).saga;
}

function woken(job: Job): Job {
  const learned = { highestNumberBefore: 1n, searchNext: 0n, searchThrough: 0n };
  return after(job, { type: 'wake', epoch: 1, hostVersion: 1n, learned });
}

function ticketOf({ openAttempt }: Job): { serial: number; epoch: number } {
  if (!openAttempt) throw new Error('no open attempt');
  return { serial: openAttempt.serial, epoch: openAttempt.epoch };
}

function answered(job: Job, outcome: Outcome<ProvisioningFacts>): Job {
  const running = woken(job);
  return after(running, { type: 'outcome', ticket: ticketOf(running), outcome });
}

function read(job: Job, verdict: Verdict<ProvisioningFacts>): Job {
  const reading = woken(job);
  return after(reading, { type: 'verdict', ticket: ticketOf(reading), verdict });
}

function refused(job: Job, errorClass: 'retryable' | 'terminal'): Job {
  return answered(job, {
    kind: 'notApplied',
    error: { class: errorClass, code: 'rejected', message: 'out of memory' },
  });
}

const installing = answered(accepted(), created);
const handingOver = answered(installing, { kind: 'applied' });
const registering = answered(handingOver, { kind: 'applied' });

const refusedInstall = refused(installing, 'terminal');
const undoing: Job = {
  ...refusedInstall,
  status: 'compensating',
  compensating: true,
  cursor: 0,
  steps: refusedInstall.steps.map((step, index) =>
    index === 0 ? { ...step, state: 'compensating', attempt: 0 } : step,
  ),
};

const stories: [string, Job, string][] = [
  ['queued', accepted(), 'Accepted. Waiting for a free place. Then it starts creating the canister.'],
  [
    'running',
    woken(accepted()),
    'Accepted. Now creating the canister, attempt 1 of 8. Then installing the Greeter.',
  ],
  [
    'running and to be cancelled',
    after(woken(accepted()), { type: 'cancel' }),
    'Accepted. Now creating the canister, attempt 1 of 8. Cancelling was asked for: as soon as the outcome is known, everything is undone.',
  ],
  [
    'between two steps',
    installing,
    'The canister exists. Waiting for its turn. Then installing the Greeter.',
  ],
  [
    'at its last step',
    woken(registering),
    'The owner is the only controller. Now registering the Greeter, attempt 1 of 8. Then it is done.',
  ],
  [
    'waiting for the next attempt',
    { ...refused(installing, 'retryable'), dueAtMs: 61_000 },
    'The last attempt at installing the Greeter did not take effect (rejected: out of memory). Waiting for the next attempt. It is tried again at 1970-01-01T00:01:01.000Z.',
  ],
  [
    'waiting for cycles',
    { ...answered(installing, { kind: 'interrupted', error: shortage, retryAfterMs: 1 }), dueAtMs: 1 },
    'There were not enough cycles for installing the Greeter (awaitingCycles: 2 cycles needed, 1 available). Waiting for cycles. It goes on by itself once the Manager has been topped up; it looks again at 1970-01-01T00:00:00.001Z.',
  ],
  [
    'reconciling',
    answered(handingOver, unknown),
    'It is not known whether handing the canister over to its owner took effect (systemUnknown: no answer in time). The evidence is being read. Nothing else is done before that is known.',
  ],
  [
    'waiting for cycles to read the evidence',
    {
      ...read(answered(handingOver, unknown), { kind: 'unreadable', error: shortage, retryAfterMs: 1 }),
      dueAtMs: 1,
    },
    'It is not known whether handing the canister over to its owner took effect (awaitingCycles: 2 cycles needed, 1 available). Reading the evidence waits for cycles. It goes on by itself once the Manager has been topped up; it looks again at 1970-01-01T00:00:00.001Z.',
  ],
  [
    'parked for good reason',
    refusedInstall,
    'Installing the Greeter was refused in a way that trying again does not change (rejected: out of memory). Parked: it waits for an operator. These can help: retryJob, cancelJob, terminateJob.',
  ],
  [
    'parked undecided',
    read(answered(accepted(), unknown), { kind: 'undecided', evidence: 'nothing found' }),
    'Creating the canister may or may not have taken effect, and the evidence does not tell (nothing found). Parked: it waits for an operator. These can help: adoptCanister, retryJob, cancelJob, resolveStep.',
  ],
  [
    'parked because of its template',
    answered(installing, {
      kind: 'notApplied',
      error: { class: 'terminal', code: 'templateRejected', message: 'IC0505' },
    }),
    'Installing the Greeter was refused because of the template (templateRejected: IC0505). Parked: it waits for an operator. These can help: retryJob, cancelJob, terminateJob. Once a good template is active, retryJob heals it.',
  ],
  [
    'about to be undone',
    undoing,
    'Cancelled. Waiting for its turn. Then emptying the canister and putting it into the pool.',
  ],
  [
    'completed',
    answered(registering, { kind: 'applied' }),
    'Done: the Greeter is lxzze-o7777-77777-aaaaa-cai, and its owner was made its only controller.',
  ],
  [
    'cancelled before it began',
    after(accepted(), { type: 'cancel' }),
    'Cancelled; everything that was done for this job has been undone.',
  ],
];

describe('the story of a job', () => {
  test.each(stories)('that is %s is told in plain words', (_, job, story) => {
    expect(summaryOf(storyOf(job))).toBe(story);
  });

  test.each(sagaStatuses)('has whole sentences for %s', (status) => {
    const { happened, happening, next } = storyOf({ ...accepted(), status });
    for (const sentence of [happened, happening ?? happened, next ?? happened])
      expect(sentence).toMatch(/^[A-Z][^\n]*\.$/);
  });
});
