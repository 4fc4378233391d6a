import assert from 'node:assert/strict';
import type {
  AttemptTicket,
  ErrorClass,
  OpenAttempt,
  Outcome,
  ParkReason,
  RetryPolicy,
  SagaEvent,
  SagaRecord,
  SagaStatus,
  Verdict,
} from '../../../src/saga/index.ts';
import type { TestDefinition, TestFacts } from '../support/definition.ts';

type Phase = 'execute' | 'reconcile';

/** What an event must have led to, beyond the state itself. */
export interface Expectation {
  readonly changed: boolean;
  readonly performs?: Phase;
  /** The answer is handed back: it changes nothing here. */
  readonly late?: Outcome<TestFacts>;
}

/**
 * What a saga should be, in the plainest terms: told the same events as the engine, it predicts the engine's state.
 * Written from the design and not from the engine, so that the two can disagree.
 */
export class SagaModel {
  status: SagaStatus = 'queued';
  cursor = 0;
  facts: TestFacts;
  parked: ParkReason | undefined;
  lateAnswers = 0;
  /** Executions and readings that count against the policy. */
  executions = 0;
  readings = 0;
  open: { readonly ticket: AttemptTicket; readonly phase: Phase } | undefined;
  /** The execution whose outcome is unknown. */
  unknown: AttemptTicket | undefined;
  /** An execution that evidence said was not applied; its own answer may say otherwise. */
  doubted: AttemptTicket | undefined;
  /** When the saga must be due: exact bounds, since jitter leaves a choice. */
  due: readonly [number, number] | undefined;
  /** When the engine says it is due, once compared. */
  dueAtMs: number | undefined;
  /** Every attempt there ever was. */
  readonly tickets: AttemptTicket[] = [];

  constructor(
    readonly definition: TestDefinition,
    facts: TestFacts,
    nowMs: number,
  ) {
    this.facts = facts;
    this.dueAtMs = nowMs;
    this.due = [nowMs, nowMs];
  }

  get isEnded(): boolean {
    return this.status === 'completed';
  }

  tell(event: SagaEvent<TestFacts>, nowMs: number): Expectation {
    switch (event.type) {
      case 'wake':
        return this.onWake(event, nowMs);
      case 'outcome':
        return this.onOutcome(event.ticket, event.outcome, nowMs);
      case 'verdict':
        return this.onVerdict(event.ticket, event.verdict, nowMs);
      case 'retry':
        return this.onRetry(event.learned, nowMs);
      case 'cancel':
      case 'resolve':
      case 'terminate':
      default:
        throw new Error(`the model knows no ${event.type} yet`);
    }
  }

  /** Compares everything the model knows with the engine's record, and takes over the exact due time from it. */
  compare(record: SagaRecord<TestFacts>): void {
    assert.equal(record.status, this.status, 'status');
    assert.equal(record.cursor, this.cursor, 'cursor');
    assert.deepEqual(record.facts, this.facts, 'facts');
    assert.equal(record.parked?.reason, this.parked, 'park reason');
    assert.equal(record.lateAnswers, this.lateAnswers, 'late answers');
    assert.equal(record.attempts, this.tickets.length, 'attempts of every kind');
    assert.deepEqual(ticketOf(record.openAttempt), this.open?.ticket, 'open attempt');
    assert.equal(record.openAttempt?.phase, this.open?.phase, 'phase of the open attempt');
    const step = record.steps[record.cursor];
    assert.equal(step?.attempt ?? 0, this.executions, 'executions that count');
    assert.equal(
      step?.state === 'outcomeUnknown',
      this.unknown !== undefined,
      'whether the outcome is unknown',
    );
    if (this.unknown)
      assert.deepEqual(ticketOf(step?.unknownAttempt), this.unknown, 'which attempt is unknown');
    if (this.due === undefined) assert.equal(record.dueAtMs, undefined, 'due');
    else {
      const [earliest, latest] = this.due;
      const dueAtMs = record.dueAtMs ?? Number.NaN;
      assert.ok(
        dueAtMs >= earliest && dueAtMs <= latest,
        `due at ${dueAtMs}, not from ${earliest} to ${latest}`,
      );
    }
    this.dueAtMs = record.dueAtMs;
  }

  private onWake(
    { epoch }: Extract<SagaEvent<TestFacts>, { readonly type: 'wake' }>,
    nowMs: number,
  ): Expectation {
    if (this.dueAtMs === undefined || this.dueAtMs > nowMs) return { changed: false };
    if (this.open) {
      const { ticket, phase } = this.open;
      this.open = undefined;
      if (phase === 'execute') this.becomeUnknown(ticket, nowMs);
      else this.failReading('retryable', nowMs, 0);
      return { changed: true };
    }
    const phase = this.unknown ? 'reconcile' : 'execute';
    const ticket = { serial: this.tickets.length + 1, epoch };
    this.tickets.push(ticket);
    this.open = { ticket, phase };
    if (phase === 'execute') {
      this.executions += 1;
      this.readings = 0;
    } else this.readings += 1;
    const lease = nowMs + this.stepDefinition.leaseMs;
    this.become(phase === 'execute' ? 'running' : 'reconciling', [lease, lease]);
    return { changed: true, performs: phase };
  }

  private onOutcome(ticket: AttemptTicket, outcome: Outcome<TestFacts>, nowMs: number): Expectation {
    const { kind } = outcome;
    const answersOpen = this.open?.phase === 'execute' && isSame(this.open.ticket, ticket);
    const tellsTruth =
      isSame(this.unknown, ticket) && (kind === 'applied' || kind === 'notApplied' || kind === 'interrupted');
    const isNews =
      kind === 'applied' && isSame(this.doubted, ticket) && !this.open && !this.unknown && !this.isEnded;
    if (!answersOpen && !tellsTruth && !isNews) {
      this.lateAnswers += 1;
      return { changed: true, late: outcome };
    }
    this.open = undefined;
    if (kind === 'unknown' || kind === 'defect') {
      this.becomeUnknown(ticket, nowMs);
      if (kind === 'defect') this.park('defect');
      return { changed: true };
    }
    if (tellsTruth) this.unknown = this.doubted = undefined;
    if (kind === 'applied') this.advance(outcome.learned, nowMs);
    else if (kind === 'unfinished') throw new Error('the model knows no unfinished yet');
    else if (kind === 'interrupted') {
      this.executions = Math.max(0, this.executions - 1);
      const dueMs = nowMs + (outcome.retryAfterMs ?? 0);
      this.become('waitingRetry', [dueMs, dueMs]);
    } else this.fail(outcome.error.class, nowMs, outcome.retryAfterMs ?? 0);
    return { changed: true };
  }

  private onVerdict(ticket: AttemptTicket, verdict: Verdict<TestFacts>, nowMs: number): Expectation {
    if (this.open?.phase !== 'reconcile' || !isSame(this.open.ticket, ticket)) {
      this.lateAnswers += 1;
      return { changed: true };
    }
    this.open = undefined;
    switch (verdict.kind) {
      case 'applied':
        this.advance(verdict.learned, nowMs);
        break;
      case 'notApplied':
        this.facts = { ...this.facts, ...verdict.learned };
        this.doubted = this.unknown;
        this.unknown = undefined;
        this.fail('retryable', nowMs, 0);
        break;
      case 'undecided':
        this.park('outcomeUndecided');
        break;
      case 'unfinished':
        this.facts = { ...this.facts, ...verdict.learned };
        this.readings = 0;
        this.become('reconciling', [nowMs, nowMs]);
        break;
      case 'unreadable':
        this.failReading(verdict.error.class, nowMs, verdict.retryAfterMs ?? 0);
    }
    return { changed: true };
  }

  private onRetry(learned: TestFacts | undefined, nowMs: number): Expectation {
    if (this.status !== 'parked' && this.status !== 'waitingRetry') return { changed: false };
    this.facts = { ...this.facts, ...learned };
    this.executions = 0;
    if (this.unknown) this.readings = 0;
    this.become(this.unknown ? 'reconciling' : 'waitingRetry', [nowMs, nowMs]);
    return { changed: true };
  }

  private advance(learned: TestFacts | undefined, nowMs: number): void {
    this.facts = { ...this.facts, ...learned };
    this.unknown = this.doubted = undefined;
    this.executions = this.readings = 0;
    this.cursor += 1;
    if (this.cursor === this.definition.steps.length) this.become('completed', undefined);
    else this.become('running', [nowMs, nowMs]);
  }

  private becomeUnknown(ticket: AttemptTicket, nowMs: number): void {
    this.unknown = ticket;
    this.doubted = undefined;
    this.become('reconciling', [nowMs, nowMs]);
  }

  private fail(errorClass: ErrorClass, nowMs: number, retryAfterMs: number): void {
    const { retry } = this.stepDefinition;
    if (errorClass === 'terminal') this.park('terminalError');
    else if (this.executions >= retry.maximumAttempts) this.park('attemptsExhausted');
    else this.become('waitingRetry', waitBounds(retry, this.executions, nowMs, retryAfterMs));
  }

  private failReading(errorClass: ErrorClass, nowMs: number, retryAfterMs: number): void {
    const { reconcileRetry } = this.stepDefinition;
    if (errorClass === 'defect') this.park('defect');
    else if (errorClass === 'interrupted') {
      this.readings -= 1;
      this.become('reconciling', [nowMs + retryAfterMs, nowMs + retryAfterMs]);
    } else if (errorClass === 'terminal' || this.readings >= reconcileRetry.maximumAttempts) {
      this.park('evidenceUnreadable');
    } else this.become('reconciling', waitBounds(reconcileRetry, this.readings, nowMs, 0));
  }

  private park(reason: ParkReason): void {
    this.become('parked', undefined);
    this.parked = reason;
  }

  private become(status: SagaStatus, due: readonly [number, number] | undefined): void {
    this.status = status;
    this.due = due;
    this.parked = undefined;
  }

  private get stepDefinition(): TestDefinition['steps'][number] {
    const step = this.definition.steps[this.cursor];
    assert.ok(step, 'a step at work');
    return step;
  }
}

/** From when to when the next attempt may be due after `attempts` failed ones. */
function waitBounds(
  policy: RetryPolicy,
  attempts: number,
  nowMs: number,
  retryAfterMs: number,
): readonly [number, number] {
  let intervalMs = policy.initialIntervalMs;
  for (let attempt = 1; attempt < attempts; attempt += 1) intervalMs *= policy.backoffCoefficient;
  intervalMs = Math.min(intervalMs, policy.maximumIntervalMs);
  const earliest = Math.floor(intervalMs * (1 - policy.jitter));
  const latest = Math.ceil(intervalMs * (1 + policy.jitter));
  return [nowMs + Math.max(earliest, retryAfterMs), nowMs + Math.max(latest, retryAfterMs)];
}

function isSame(left: AttemptTicket | undefined, right: AttemptTicket): boolean {
  return left?.serial === right.serial && left.epoch === right.epoch;
}

function ticketOf(attempt: OpenAttempt | undefined): AttemptTicket | undefined {
  return attempt && { serial: attempt.serial, epoch: attempt.epoch };
}
