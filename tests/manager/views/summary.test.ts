import { Principal } from '@dfinity/principal';
import { describe, expect, test } from 'vitest';
import { provisioning } from '../../../src/manager/provisioning/definition.ts';
import type { ProvisioningFacts } from '../../../src/manager/provisioning/facts.ts';
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
  code: 'cyclesLow',
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
  return after(job, { type: 'wake', epoch: 1, hostVersion: 1n });
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

const sentences: [string, Job, string][] = [
  ['queued', accepted(), 'Accepted; waiting for a free place, then creating the canister.'],
  ['running', woken(accepted()), 'Now creating the canister, attempt 1 of 8.'],
  ['between two steps', installing, 'The step before succeeded; next is installing the Greeter.'],
  [
    'waiting for the next attempt',
    refused(installing, 'retryable'),
    'The last attempt at installing the Greeter did not take effect (rejected: out of memory); it is tried again at its next attempt time.',
  ],
  [
    'waiting for cycles',
    answered(installing, { kind: 'interrupted', error: shortage, retryAfterMs: 1 }),
    'Waiting for cycles before installing the Greeter (cyclesLow: 2 cycles needed, 1 available); it goes on by itself once the Manager has been topped up.',
  ],
  [
    'reconciling',
    answered(handingOver, unknown),
    'It is not known whether handing the canister over to its owner took effect (systemUnknown: no answer in time); the evidence is being read before anything else is done.',
  ],
  [
    'waiting for cycles to read the evidence',
    read(answered(handingOver, unknown), { kind: 'unreadable', error: shortage, retryAfterMs: 1 }),
    'It is not known whether handing the canister over to its owner took effect, and reading the evidence waits for cycles (cyclesLow: 2 cycles needed, 1 available); it goes on by itself once the Manager has been topped up.',
  ],
  [
    'parked for good reason',
    refused(installing, 'terminal'),
    'Parked: installing the Greeter was refused in a way that trying again does not change (rejected: out of memory). It waits for an operator, who can: retry.',
  ],
  [
    'parked undecided',
    read(answered(accepted(), unknown), { kind: 'undecided', evidence: 'nothing found' }),
    'Parked: creating the canister may or may not have taken effect, and the evidence does not tell (nothing found). It waits for an operator, who can: retry.',
  ],
  [
    'completed',
    answered(registering, { kind: 'applied' }),
    'Done: the Greeter is lxzze-o7777-77777-aaaaa-cai, and its owner was made its only controller.',
  ],
];

describe('the summary of a job', () => {
  test.each(sentences)('that is %s says so in plain words', (_, job, sentence) => {
    expect(summaryOf(job)).toBe(sentence);
  });

  test.each(sagaStatuses)('has whole sentences for %s', (status) => {
    expect(summaryOf({ ...accepted(), status })).toMatch(/^[A-Z][^\n]*\.$/);
  });
});
