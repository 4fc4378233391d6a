import type { SourcePatch } from './bundle-manager.ts';

/** A seeded bug that the simulator must find. */
export interface Mutant extends SourcePatch {
  readonly name: string;
  /** What goes wrong with it. */
  readonly breaks: string;
}

const saga = 'src/saga';
const manager = 'src/manager';

/** Seeded bugs, each in the code as it stands: a text that is not found exactly once is an error. */
export const mutants: readonly Mutant[] = [
  {
    name: 'intent-not-written',
    breaks: 'a call leaves although the record that should hold its intent was not written',
    file: `${saga}/store/saga-store.ts`,
    find: '    if (changed) {\n',
    replace: '    if (changed && (saga.openAttempt === undefined || before.openAttempt !== undefined)) {\n',
  },
  {
    name: 'answer-to-wrong-attempt',
    breaks: 'an answer counts for whatever attempt is open',
    file: `${saga}/move.ts`,
    find: 'saga.openAttempt !== undefined && isSameAttempt(saga.openAttempt, ticket)',
    replace: 'saga.openAttempt !== undefined && ticket.serial > 0',
  },
  {
    name: 'call-id-reused',
    breaks: 'two calls of one message share a call id',
    file: 'src/durable-call/call-id.ts',
    find: 'return base + nextSlot++;',
    replace: 'return base + nextSlot;',
  },
  {
    name: 'unknown-is-failed',
    breaks: 'SYS_UNKNOWN counts as "surely not applied"',
    file: `${manager}/provisioning/classify-reject.ts`,
    find: "return { kind: 'unknown', error: { class: 'unknown', code: 'systemUnknown', message } };",
    replace: "return notApplied('retryable', 'systemUnknown', message);",
  },
  {
    name: 'unknown-is-repeated',
    breaks: 'an attempt without an answer is simply made again',
    file: `${saga}/decide-wake.ts`,
    find: ': { saga: unknownOutcome(saga, error, nowMs) };',
    replace:
      ": { saga: { ...park(saga, 'defect', nowMs), status: 'waitingRetry', parked: undefined, dueAtMs: nowMs } as never };",
  },
  {
    name: 'lease-ignored',
    breaks: 'nobody ends a lease that has run out',
    file: `${manager}/worker/worker.ts`,
    find: 'if (!hasUnreadAnswers()) endExpiredLeases();',
    replace: 'void endExpiredLeases;',
  },
  {
    name: 'timers-not-armed-after-upgrade',
    breaks: 'after an upgrade nothing wakes the queue',
    file: `${manager}/index.ts`,
    find: '  postUpgrade(): void {\n    beginLife();',
    replace: '  postUpgrade(): void {\n    updateMeta({ epoch: readMeta().epoch + 1 });',
  },
  {
    name: 'lost-run-not-noticed',
    breaks: 'after a run that trapped, the worker believes for ever that a run is set',
    file: `${manager}/worker/worker.ts`,
    find: 'setTimerInterval(watchdogIntervalSeconds, run);',
    replace: '',
  },
  {
    name: 'compensation-from-unknown',
    breaks: 'a cancelled job turns round while its step is under way or unknown',
    file: `${saga}/decide.ts`,
    find: "if (saga.openAttempt || saga.steps[saga.cursor]?.state === 'outcomeUnknown') return saga;",
    replace: '',
  },
  {
    name: 'place-not-given-back',
    breaks: 'an ended job goes on counting as open: its owner is locked out in the end',
    file: `${manager}/jobs.ts`,
    find: '  closeOwnerJob(facts.owner);\n',
    replace: '  void closeOwnerJob;\n',
  },
  {
    name: 'open-jobs-not-limited',
    breaks: 'a caller may have any number of open jobs',
    file: `${manager}/admission/create-greeter.ts`,
    find: 'if (openJobs >= ',
    replace: 'if (openJobs >= 3 + ',
  },
  {
    name: 'key-not-checked',
    breaks: 'a repeated request is a new job',
    file: `${manager}/admission/create-greeter.ts`,
    find: 'idempotencyKey === undefined ? undefined : jobOfKey(owner, idempotencyKey)',
    replace: 'idempotencyKey === undefined || jobOfKey(owner, idempotencyKey) ? undefined : 0n',
  },
  {
    name: 'payload-not-compared',
    breaks: 'a key answers for a request it was not used for',
    file: `${manager}/admission/create-greeter.ts`,
    find: 'existing.facts.greeting === payload.greeting',
    replace: 'existing.id > 0n',
  },
  {
    name: 'vacant-not-vetted',
    breaks: 'a vacant canister is taken however few cycles it has',
    file: `${manager}/provisioning/take-vacant.ts`,
    find: 'const isPoor = cycles < vacantMinimumCycles;',
    replace: 'const isPoor = cycles < 0n * vacantMinimumCycles;',
  },
  {
    name: 'vacant-given-twice',
    breaks: 'a vacant canister stays on the list when a job takes it',
    file: `${manager}/vacancies/follow-job.ts`,
    find: "    vacancyStore.remove(canisterId);\n    accountForCanister(canisterId, 'bound', after.id);\n",
    replace: "    accountForCanister(canisterId, 'bound', after.id);\n",
  },
  {
    name: 'vacant-not-emptied',
    breaks: 'a canister that is given up keeps what was installed in it',
    file: `${manager}/provisioning/undo-creation.ts`,
    find: '  return saga.facts.isEmptied\n',
    replace: '  return canisterId.length > 0\n',
  },
  {
    name: 'cycles-not-released',
    breaks: 'an ended job keeps its reservation',
    file: `${manager}/budgets/ledger.ts`,
    find: 'this.move(jobId, account, { ...account, reservationCycles: 0n }, nowMs);',
    replace: 'void nowMs;',
  },
  {
    name: 'answer-read-twice',
    breaks: 'an answer that was handled stays in the inbox',
    file: `${manager}/worker/handle-answers.ts`,
    find: '      removeAnswer(callId);\n',
    replace: '      void removeAnswer;\n',
  },
  {
    name: 'registered-twice',
    breaks: 'a Greeter gets two rows in the registry',
    file: `${manager}/registry/greeters.ts`,
    find: '  addOwnerGreeter(row.owner, index);\n',
    replace: '  addOwnerGreeter(row.owner, index);\n  addOwnerGreeter(row.owner, index);\n',
  },
  {
    name: 'registry-not-noted',
    breaks: 'a registered canister goes on counting as bound to its job',
    file: `${manager}/worker/perform-action.ts`,
    find: "  accountForCanister(canisterId, 'registered', job.id);\n",
    replace: '  void accountForCanister;\n',
  },
  {
    name: 'cancel-past-the-pivot',
    breaks: 'a job may be cancelled although its canister may be its owner’s already',
    file: `${saga}/allowed-actions.ts`,
    find: '  if (!step || saga.cursor < pivot) return false;\n',
    replace: '  if (pivot >= 0) return false;\n  if (!step || saga.cursor < pivot) return false;\n',
  },
  {
    name: 'found-canister-not-believed',
    breaks: 'the search for a creation passes over the canister it looks for',
    file: `${manager}/provisioning/birth-search.ts`,
    find: "const found = readings.find(({ finding }) => finding === 'ours');",
    replace: "const found = readings.find(({ finding, number }) => finding === 'ours' && number < 0n);",
  },
  {
    name: 'no-backoff',
    breaks: 'a failed attempt is repeated at once',
    file: `${saga}/retry-policy.ts`,
    find: 'return Math.max(Math.round(interval * spread), retryAfterMs);',
    replace: 'return Math.max(Math.round(interval * spread * 0), retryAfterMs);',
  },
  {
    name: 'rate-limit-ignored',
    breaks: 'an install that met the rate limit is repeated within seconds',
    file: `${manager}/provisioning/classify-reject.ts`,
    find: 'retryAfterMs: rateLimitedRetryAfterMs }',
    replace: 'retryAfterMs: 0 * rateLimitedRetryAfterMs }',
  },
  {
    name: 'defect-swallowed',
    breaks: 'a reply that nobody understands counts as success',
    file: `${manager}/provisioning/create-step.ts`,
    find: "return { kind: 'unknown', error, learned: { cyclesSpent } };",
    replace:
      "return { kind: 'notApplied', error: { ...error, class: 'retryable' }, learned: { cyclesSpent } };",
  },
  {
    name: 'any-module-will-do',
    breaks: 'evidence of no module counts as installed',
    file: `${manager}/provisioning/install-step.ts`,
    find: 'if (!info.moduleHash) {',
    replace:
      "if (!info.moduleHash) return { kind: 'applied', evidence: 'canister_info: no module' };\n    if (saga.id < 0n) {",
  },
  {
    name: 'handover-taken-for-granted',
    breaks: 'a handover of unknown outcome counts as applied without looking',
    file: `${manager}/provisioning/handover-step.ts`,
    find: "? { kind: 'notApplied', evidence }",
    replace: "? { kind: 'applied', evidence }",
  },
  {
    name: 'trapped-message-half-done',
    breaks: 'the due index keeps entries that its records do not have any more',
    file: `${saga}/store/saga-store.ts`,
    find: 'if (was) was.index.delete(dueKey(was.atMs, after.id));',
    replace: 'if (was && after.status !== "waitingRetry") was.index.delete(dueKey(was.atMs, after.id));',
  },
  {
    name: 'shortage-burns-attempts',
    breaks: 'a creation fee above what is attached makes a job fail instead of wait',
    file: `${manager}/provisioning/classify-reject.ts`,
    find: 'if (message.includes(creationFeeText)) return awaitingCycles(message);',
    replace:
      'if (message.includes(creationFeeText)) return { ...awaitingCycles(message), retryAfterMs: 30 * 86_400_000 } as never;',
  },
  {
    name: 'request-done-twice',
    breaks: 'an operator’s request that is repeated is carried out again',
    file: `${manager}/operators/audited.ts`,
    find: 'if (row.verb === verb && row.target === target && row.details === details) return true;',
    replace: 'if (row.verb === verb && row.target === target && row.details === details) return false;',
  },
  {
    name: 'action-without-audit-row',
    breaks: 'an operator acts and nobody can see it afterwards',
    file: `${manager}/operators/audit-log.ts`,
    find: "  if (row.requestId !== '') {\n",
    replace: "  if (row.requestId === '') {\n",
  },
  {
    name: 'strangers-see-jobs',
    breaks: 'everybody sees everybody’s jobs',
    file: `${manager}/operators/viewer.ts`,
    find: 'return role !== undefined || bytesEqual(owner, principal);',
    replace: 'return role !== undefined || owner.length > principal.length - 99;',
  },
];
