import { canisterSelf } from 'azle';
import type { Outcome, SagaEvent } from '../../saga/index.ts';
import { settleCall } from '../budgets/call-costs.ts';
import { principalText, utf8Length } from '../bytes.ts';
import { nowMs } from '../clock.ts';
import { readConfiguration } from '../configuration/configuration-store.ts';
import { describeDefect, noteDefect } from '../defects.ts';
import { tellJob } from '../jobs.ts';
import type { Job } from '../jobs.ts';
import { maximumAnswersPerMessage, maximumErrorCharacters } from '../limits.ts';
import { decodeCreateCanisterReply } from '../management-canister/create-canister.ts';
import { finishAdoption } from '../orphans/finish-adoption.ts';
import { collectOrphanReading, noteOrphanStatus } from '../orphans/run-scan.ts';
import type { CallAnswer } from '../provisioning/call-answer.ts';
import { stepOf } from '../provisioning/definitions.ts';
import type { ProvisioningFacts } from '../provisioning/facts.ts';
import { canisterAccount } from '../registry/canisters.ts';
import { noteCreation } from '../registry/creation-mark.ts';
import { readMeta, updateMeta } from '../storage/meta.ts';
import { finishTemplateUpload } from '../templates/finish-upload.ts';
import { takeInStranded } from '../vacancies/follow-job.ts';
import { decodeAnswer, removeAnswer, setAnswerAside, unreadAnswers } from './answer-inbox.ts';
import { deleteCallRoute, readCallRoute } from './call-routes.ts';
import type { AttemptRoute, CallRoute } from './call-routes.ts';
import { noteCallAnswered } from './open-calls.ts';
import { collectReading } from './search-birth.ts';

/** Turns stored answers into events. Answers never start a call here: what they make due starts in its own message. */
export function handleAnswers(): void {
  for (const stored of unreadAnswers(maximumAnswersPerMessage)) {
    const { callId, bytes } = stored;
    noteCallAnswered();
    try {
      const route = readCallRoute(callId);
      const answer = decodeAnswer(bytes);
      // First: an answer that ends its job ends it with what came back counted, or its owner would pay for that.
      if (route?.kind === 'attempt') settleCall(route, sizeOf(answer), nowMs());
      handleAnswer(route, bounded(answer));
      removeAnswer(callId);
      deleteCallRoute(callId);
    } catch (error) {
      // One answer's defect must not keep every other answer from being read.
      setAnswerAside(stored);
      noteDefect(`the answer to call ${callId} could not be handled`, error);
    }
  }
}

function handleAnswer(route: CallRoute | undefined, answer: CallAnswer): void {
  switch (route?.kind) {
    case undefined:
      handleStrayAnswer(answer);
      return;
    case 'templateUpload':
      finishTemplateUpload(route.version, answer);
      return;
    case 'attempt':
      answerAttempt(route, answer);
      return;
    case 'orphanReading':
      collectOrphanReading(route.number, answer);
      return;
    case 'orphanStatus':
      noteOrphanStatus(route.number, answer);
      return;
    case 'adoption':
      finishAdoption(route.canisterId, answer);
  }
}

function answerAttempt(route: AttemptRoute, answer: CallAnswer): void {
  try {
    if (route.purpose === 'searchBirth') collectReading(route, answer);
    else tellJob(route.sagaId, (job) => eventFor(route, answer, job));
  } catch (error) {
    tellJob(route.sagaId, defectOf(route, error));
  }
}

/**
 * Nobody remembers the call: a reinstall or a loaded snapshot took its record away. A canister it created must not
 * be forgotten with it.
 */
function handleStrayAnswer(answer: CallAnswer): void {
  updateMeta({ strayAnswers: readMeta().strayAnswers + 1 });
  const canisterId = answer.kind === 'reply' ? decodeCreateCanisterReply(answer.bytes) : undefined;
  if (!canisterId) return;
  noteCreation(canisterId, undefined);
  takeInStranded(canisterId, 0n);
}

function eventFor(route: AttemptRoute, answer: CallAnswer, job: Job): SagaEvent<ProvisioningFacts> {
  const { stepIndex, ticket, phase } = route;
  const step = stepOf(job.definitionName, stepIndex);
  const managerId = canisterSelf().toUint8Array();
  const { vacantMinimumCycles } = readConfiguration();
  const isFromEarlierLife = ticket.epoch !== readMeta().epoch;
  const call = { ...route, managerId, isFromEarlierLife, vacantMinimumCycles };
  switch (phase) {
    case 'reconcile':
      return { type: 'verdict', ticket, verdict: step.readEvidence(answer, job, call) };
    case 'compensate':
      if (!step.readUndoing) throw new Error(`${step.name} has nothing to undo`);
      return { type: 'outcome', ticket, outcome: step.readUndoing(answer, job, call) };
    case 'execute': {
      const outcome = step.readAnswer(answer, job, call);
      noteUnreadStatus(route, answer, outcome);
      return { type: 'outcome', ticket, outcome: withoutTaken(route, outcome) };
    }
  }
}

/** The job goes on without the vacant canister, so only the count of defects tells that its status was not understood. */
function noteUnreadStatus(
  { sagaId, canisterId }: AttemptRoute,
  answer: CallAnswer,
  outcome: Outcome<ProvisioningFacts>,
): void {
  const isUnseen = outcome.kind === 'unfinished' && outcome.learned.candidate?.kind === 'unseen';
  if (!isUnseen || answer.kind !== 'reply' || !canisterId) return;
  const cause = `canister_status answered ${answer.bytes.length} bytes that are not its reply`;
  noteDefect(`job ${sagaId} could not take the vacant canister ${principalText(canisterId)}`, cause);
}

/**
 * A creation was answered. The canister may have been found and given to another job before its own answer came; no
 * canister may ever have two.
 */
function withoutTaken(
  { sagaId, purpose, hostVersion }: AttemptRoute,
  outcome: Outcome<ProvisioningFacts>,
): Outcome<ProvisioningFacts> {
  const canisterId = outcome.kind === 'applied' ? outcome.learned?.greeterId : undefined;
  if (!canisterId || purpose !== 'createCanister') return outcome;
  noteCreation(canisterId, hostVersion);
  const account = canisterAccount(canisterId);
  if (!account || account.jobId === sagaId) return outcome;
  const message = `${principalText(canisterId)} is ${account.use} already`;
  return { kind: 'notApplied', error: { class: 'retryable', code: 'canisterTaken', message } };
}

function defectOf({ ticket, phase }: AttemptRoute, cause: unknown): SagaEvent<ProvisioningFacts> {
  const error = { class: 'defect', code: 'answerNotUnderstood', message: describeDefect(cause) } as const;
  return phase === 'reconcile'
    ? { type: 'verdict', ticket, verdict: { kind: 'unreadable', error } }
    : { type: 'outcome', ticket, outcome: { kind: 'defect', error } };
}

/** What the network charges an answer by. */
function sizeOf(answer: CallAnswer): { cyclesRefunded: bigint; bytes: number } {
  const bytes = answer.kind === 'reply' ? answer.bytes.length : utf8Length(answer.message);
  return { cyclesRefunded: answer.cyclesRefunded, bytes };
}

/** Reject texts can be 8 KiB long; records keep what people can use. */
function bounded(answer: CallAnswer): CallAnswer {
  return answer.kind === 'reply'
    ? answer
    : { ...answer, message: answer.message.slice(0, maximumErrorCharacters) };
}
