import { canisterSelf } from 'azle';
import type { SagaEvent } from '../../saga/index.ts';
import { describeDefect, noteDefect } from '../defects.ts';
import { tellJob } from '../jobs.ts';
import type { Job } from '../jobs.ts';
import { maximumAnswersPerMessage, maximumErrorCharacters } from '../limits.ts';
import { decodeCreateCanisterReply } from '../management-canister/create-canister.ts';
import type { CallAnswer } from '../provisioning/call-answer.ts';
import { provisioningStep } from '../provisioning/definition.ts';
import type { ProvisioningFacts } from '../provisioning/facts.ts';
import { accountForCanister, canisterAccount } from '../registry/canisters.ts';
import { readMeta, updateMeta } from '../storage/meta.ts';
import { finishTemplateUpload } from '../templates/finish-upload.ts';
import { decodeAnswer, removeAnswer, setAnswerAside, unreadAnswers } from './answer-inbox.ts';
import { deleteCallRoute, readCallRoute } from './call-routes.ts';
import type { CallRoute } from './call-routes.ts';

type AttemptRoute = Extract<CallRoute, { readonly kind: 'attempt' }>;

/** Turns stored answers into events. Answers never start a call here: what they make due starts in its own message. */
export function handleAnswers(): void {
  for (const stored of unreadAnswers(maximumAnswersPerMessage)) {
    const { callId, bytes } = stored;
    try {
      handleAnswer(readCallRoute(callId), bounded(decodeAnswer(bytes)));
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
  if (!route) handleStrayAnswer(answer);
  else if (route.kind === 'templateUpload') finishTemplateUpload(route.version, answer);
  else answerAttempt(route, answer);
}

function answerAttempt(route: AttemptRoute, answer: CallAnswer): void {
  try {
    tellJob(route.sagaId, (job) => eventFor(route, answer, job));
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
  if (canisterId && !canisterAccount(canisterId)) accountForCanister(canisterId, 'surplus', 0n);
}

function eventFor(
  { stepIndex, ticket, readsEvidence }: AttemptRoute,
  answer: CallAnswer,
  job: Job,
): SagaEvent<ProvisioningFacts> {
  const step = provisioningStep(stepIndex);
  if (readsEvidence) {
    const verdict = step.readEvidence(answer, job, canisterSelf().toUint8Array());
    return { type: 'verdict', ticket, verdict };
  }
  return { type: 'outcome', ticket, outcome: step.readAnswer(answer, job) };
}

function defectOf({ ticket, readsEvidence }: AttemptRoute, cause: unknown): SagaEvent<ProvisioningFacts> {
  const error = { class: 'defect', code: 'answerNotUnderstood', message: describeDefect(cause) } as const;
  return readsEvidence
    ? { type: 'verdict', ticket, verdict: { kind: 'unreadable', error } }
    : { type: 'outcome', ticket, outcome: { kind: 'defect', error } };
}

/** Reject texts can be 8 KiB long; records keep what people can use. */
function bounded(answer: CallAnswer): CallAnswer {
  return answer.kind === 'reply'
    ? answer
    : { ...answer, message: answer.message.slice(0, maximumErrorCharacters) };
}
