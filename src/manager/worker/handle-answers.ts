import { canisterSelf } from 'azle';
import type { SagaEvent } from '../../saga/index.ts';
import { hex } from '../bytes.ts';
import { tellJob } from '../jobs.ts';
import type { Job } from '../jobs.ts';
import { maximumAnswersPerMessage, maximumErrorCharacters } from '../limits.ts';
import { decodeUploadChunkReply } from '../management-canister/upload-chunk.ts';
import type { CallAnswer } from '../provisioning/call-answer.ts';
import { provisioningStep } from '../provisioning/definition.ts';
import type { ProvisioningFacts } from '../provisioning/facts.ts';
import { readMeta, updateMeta } from '../storage/meta.ts';
import { readTemplate, writeTemplate } from '../templates/template-store.ts';
import { describeDefect } from './describe-defect.ts';
import { removeAnswer, storedAnswers } from './answer-inbox.ts';
import { deleteCallRoute, readCallRoute } from './call-routes.ts';
import type { CallRoute } from './call-routes.ts';

/** Turns stored answers into events. Answers never start a call here: what they make due starts in its own message. */
export function handleAnswers(): void {
  for (const { callId, answer } of storedAnswers(maximumAnswersPerMessage)) {
    const route = readCallRoute(callId);
    removeAnswer(callId);
    deleteCallRoute(callId);
    if (!route) updateMeta({ strayAnswers: readMeta().strayAnswers + 1 });
    else if (route.kind === 'templateUpload') finishTemplateUpload(route.version, bounded(answer));
    else answerAttempt(route, bounded(answer));
  }
}

function answerAttempt(route: Extract<CallRoute, { readonly kind: 'attempt' }>, answer: CallAnswer): void {
  try {
    tellJob(route.sagaId, (job) => eventFor(route, answer, job));
  } catch (error) {
    // One job's defect must not keep every other job's answers from being read.
    tellJob(route.sagaId, defectOf(route, error));
  }
}

function eventFor(
  { stepIndex, ticket, readsEvidence }: Extract<CallRoute, { readonly kind: 'attempt' }>,
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

function defectOf(
  { ticket, readsEvidence }: Extract<CallRoute, { readonly kind: 'attempt' }>,
  cause: unknown,
): SagaEvent<ProvisioningFacts> {
  const error = { class: 'defect', code: 'answerNotUnderstood', message: describeDefect(cause) } as const;
  return readsEvidence
    ? { type: 'verdict', ticket, verdict: { kind: 'unreadable', error } }
    : { type: 'outcome', ticket, outcome: { kind: 'defect', error } };
}

/** The network computed the chunk's hash; a template is only what it is published as if that is the same. */
function finishTemplateUpload(version: string, answer: CallAnswer): void {
  const template = readTemplate(version);
  if (template?.state !== 'uploading') return;
  const failure = uploadFailure(answer, template.moduleHash);
  writeTemplate(
    failure === undefined ? { ...template, state: 'available' } : { ...template, state: 'failed', failure },
  );
}

function uploadFailure(answer: CallAnswer, moduleHash: Uint8Array): string | undefined {
  if (answer.kind === 'reject')
    return `upload_chunk was rejected with code ${answer.code}: ${answer.message}`;
  const hash = decodeUploadChunkReply(answer.bytes);
  if (!hash) return 'upload_chunk answered something that is not its reply';
  return hex(hash) === hex(moduleHash)
    ? undefined
    : `the module's SHA-256 is ${hex(hash)}, not the one published`;
}

/** Reject texts can be 8 KiB long; records keep what people can use. */
function bounded(answer: CallAnswer): CallAnswer {
  return answer.kind === 'reply'
    ? answer
    : { ...answer, message: answer.message.slice(0, maximumErrorCharacters) };
}
