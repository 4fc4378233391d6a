import assert from 'node:assert/strict';
import type {
  AttemptPhase,
  AttemptTicket,
  ErrorClass,
  Outcome,
  ParkReason,
  SagaAction,
  SagaEvent,
  SagaStatus,
  Verdict,
} from '../../../src/saga/index.ts';
import type { TestDefinition, TestFacts } from '../support/definition.ts';
import { waitBounds } from './wait-bounds.ts';

/** What an event must have led to, beyond the state itself. */
export interface Expectation {
  readonly changed: boolean;
  readonly performs?: AttemptPhase;
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
  /** The saga is to be undone, as soon as nothing is under way or unknown. */
  isToBeCancelled = false;
  /** It goes back: the step at work is being undone. */
  isGoingBack = false;
  /** The steps that are applied, oldest first. */
  readonly applied: number[] = [];
  /** Executions (of the step at work while going back: undoings) and readings that count against the policy. */
  executions = 0;
  readings = 0;
  open: { readonly ticket: AttemptTicket; readonly phase: AttemptPhase } | undefined;
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
    return this.status === 'completed' || this.status === 'compensated' || this.status === 'terminated';
  }

  /** What may be asked of the saga, in the order of the engine's predicate. */
  get allowed(): SagaAction[] {
    const isParked = this.status === 'parked';
    const allowed: SagaAction[] = [];
    const isWaiting = this.status === 'waitingRetry' || (this.status === 'compensating' && !this.open);
    if (isParked || isWaiting) allowed.push('retry');
    if (!this.isEnded && !this.isGoingBack && !this.isToBeCancelled && !this.mayBePastPivot)
      allowed.push('cancel');
    if (isParked && (this.unknown ?? this.isGoingBack)) allowed.push('resolve');
    const isSearching = this.unknown !== undefined && this.stepDefinition.mustBeFoundOut === true;
    if ((isParked || this.status === 'waitingRetry') && !isSearching) allowed.push('terminate');
    return allowed;
  }

  tell(event: SagaEvent<TestFacts>, nowMs: number): Expectation {
    switch (event.type) {
      case 'wake':
        return this.onWake(event, nowMs);
      case 'outcome':
        return this.onOutcome(event.ticket, event.outcome, nowMs);
      case 'verdict':
        return this.onVerdict(event.ticket, event.verdict, nowMs);
      default:
        return this.onRequest(event, nowMs);
    }
  }

  private onWake(
    { epoch, learned }: Extract<SagaEvent<TestFacts>, { readonly type: 'wake' }>,
    nowMs: number,
  ): Expectation {
    if (this.dueAtMs === undefined || this.dueAtMs > nowMs) return { changed: false };
    if (this.open) {
      const { ticket, phase } = this.open;
      this.open = undefined;
      if (phase === 'execute') this.becomeUnknown(ticket, nowMs);
      else if (phase === 'reconcile') this.failReading('retryable', nowMs, 0);
      else this.failUndoing('unknown', nowMs, 0);
      return { changed: true };
    }
    const phase = this.unknown ? 'reconcile' : this.isGoingBack ? 'compensate' : 'execute';
    const ticket = { serial: this.tickets.length + 1, epoch };
    this.tickets.push(ticket);
    this.open = { ticket, phase };
    this.facts = { ...this.facts, ...learned };
    if (phase === 'reconcile') this.readings += 1;
    else {
      this.executions += 1;
      this.readings = 0;
    }
    const lease = nowMs + this.stepDefinition.leaseMs;
    const statusOf = { execute: 'running', reconcile: 'reconciling', compensate: 'compensating' } as const;
    this.become(statusOf[phase], [lease, lease]);
    return { changed: true, performs: phase };
  }

  private onOutcome(ticket: AttemptTicket, outcome: Outcome<TestFacts>, nowMs: number): Expectation {
    const { kind } = outcome;
    const answersOpen = isSame(this.open?.ticket, ticket) && this.open?.phase !== 'reconcile';
    const tellsTruth =
      isSame(this.unknown, ticket) && !this.isEnded && kind !== 'unknown' && kind !== 'defect';
    const canBeNews = !this.open && !this.unknown && !this.isEnded && !this.isGoingBack;
    const isNews = kind === 'applied' && isSame(this.doubted, ticket) && canBeNews;
    if (!answersOpen && !tellsTruth && !isNews) {
      this.lateAnswers += 1;
      return { changed: true, late: outcome };
    }
    const isUndoing = this.open?.phase === 'compensate';
    this.open = undefined;
    if (tellsTruth) this.unknown = this.doubted = undefined;
    if (outcome.kind !== 'defect') this.facts = { ...this.facts, ...outcome.learned };
    if (isUndoing) this.onUndone(outcome, nowMs);
    else this.onAnswer(ticket, outcome, nowMs);
    this.honourCancel(nowMs);
    return { changed: true };
  }

  private onAnswer(ticket: AttemptTicket, outcome: Outcome<TestFacts>, nowMs: number): void {
    switch (outcome.kind) {
      case 'applied':
        this.advance(undefined, nowMs);
        return;
      case 'unfinished':
        this.giveAttemptBack('running', nowMs);
        return;
      case 'notApplied':
        this.fail(outcome.error.class, nowMs, outcome.retryAfterMs ?? 0, outcome.maximumAttempts);
        return;
      case 'interrupted':
        this.giveAttemptBack('waitingRetry', nowMs + (outcome.retryAfterMs ?? 0));
        return;
      case 'unknown':
      case 'defect':
        this.becomeUnknown(ticket, nowMs);
        if (outcome.kind === 'defect') this.park('defect');
    }
  }

  private onUndone(outcome: Outcome<TestFacts>, nowMs: number): void {
    switch (outcome.kind) {
      case 'applied':
        this.applied.pop();
        this.undoNewest(nowMs);
        return;
      case 'unfinished':
        this.giveAttemptBack('compensating', nowMs);
        return;
      case 'interrupted':
        this.giveAttemptBack('compensating', nowMs + (outcome.retryAfterMs ?? 0));
        return;
      case 'notApplied':
        this.failUndoing(outcome.error.class, nowMs, outcome.retryAfterMs ?? 0, outcome.maximumAttempts);
        return;
      case 'unknown':
        this.failUndoing('unknown', nowMs, 0);
        return;
      case 'defect':
        this.park('defect');
    }
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
        this.facts = { ...this.facts, ...verdict.learned };
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
    this.honourCancel(nowMs);
    return { changed: true };
  }

  private onRequest(event: Extract<SagaEvent<TestFacts>, { type: SagaAction }>, nowMs: number): Expectation {
    if (!this.allowed.includes(event.type)) return { changed: false };
    switch (event.type) {
      case 'retry':
        this.facts = { ...this.facts, ...event.learned };
        this.goOn(nowMs + (event.delayMs ?? 0));
        break;
      case 'cancel':
        this.isToBeCancelled = true;
        if (this.status === 'parked' && this.unknown) this.goOn(nowMs);
        break;
      case 'resolve':
        this.onResolve(event, nowMs);
        break;
      case 'terminate':
        this.become('terminated', undefined);
    }
    this.honourCancel(nowMs);
    return { changed: true };
  }

  private onResolve(
    { finding, learned }: Extract<SagaEvent<TestFacts>, { readonly type: 'resolve' }>,
    nowMs: number,
  ): void {
    this.facts = { ...this.facts, ...learned };
    if (finding === 'applied' && this.isGoingBack) {
      this.applied.pop();
      this.undoNewest(nowMs);
    } else if (finding === 'applied') this.advance(undefined, nowMs);
    else {
      if (this.unknown) this.doubted = this.unknown;
      this.unknown = undefined;
      this.goOn(nowMs);
    }
  }

  /** On in the saga's direction with a fresh budget; what is unknown is read. */
  private goOn(dueAtMs: number): void {
    this.executions = 0;
    if (this.unknown) this.readings = 0;
    const status = this.isGoingBack ? 'compensating' : this.unknown ? 'reconciling' : 'waitingRetry';
    this.become(status, [dueAtMs, dueAtMs]);
  }

  private get mayBePastPivot(): boolean {
    const pivot = this.definition.steps.findIndex(({ kind }) => kind === 'pivot');
    if (pivot < 0 || this.cursor < pivot) return false;
    return this.cursor > pivot || [this.open, this.unknown, this.doubted].some(Boolean);
  }

  /** A saga that is to be cancelled turns round when nothing is under way and nothing is unknown. */
  private honourCancel(nowMs: number): void {
    const mustWait = this.open !== undefined || this.unknown !== undefined || this.mayBePastPivot;
    const isOver = this.status === 'terminated' || this.isGoingBack;
    if (!this.isToBeCancelled || mustWait || isOver) return;
    this.isGoingBack = true;
    this.doubted = undefined;
    this.undoNewest(nowMs);
  }

  /** What needs no undoing counts as undone. */
  private undoNewest(nowMs: number): void {
    for (let newest = this.applied.at(-1); newest !== undefined; newest = this.applied.at(-1)) {
      if (this.definition.steps[newest]?.compensate) {
        this.cursor = newest;
        this.executions = this.readings = 0;
        this.become('compensating', [nowMs, nowMs]);
        return;
      }
      this.applied.pop();
    }
    this.cursor = 0;
    this.become('compensated', undefined);
  }

  private advance(learned: TestFacts | undefined, nowMs: number): void {
    this.facts = { ...this.facts, ...learned };
    this.unknown = this.doubted = undefined;
    this.executions = this.readings = 0;
    this.applied.push(this.cursor);
    this.cursor += 1;
    if (this.cursor === this.definition.steps.length) this.become('completed', undefined);
    else this.become('running', [nowMs, nowMs]);
  }

  private giveAttemptBack(status: SagaStatus, dueAtMs: number): void {
    this.executions = Math.max(0, this.executions - 1);
    this.become(status, [dueAtMs, dueAtMs]);
  }

  private becomeUnknown(ticket: AttemptTicket, nowMs: number): void {
    this.unknown = ticket;
    this.doubted = undefined;
    this.become('reconciling', [nowMs, nowMs]);
  }

  private fail(errorClass: ErrorClass, nowMs: number, retryAfterMs: number, atMost = Infinity): void {
    const { retry } = this.stepDefinition;
    if (errorClass === 'terminal') this.park('terminalError');
    else if (this.executions >= Math.min(retry.maximumAttempts, atMost)) this.park('attemptsExhausted');
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

  private failUndoing(errorClass: ErrorClass, nowMs: number, retryAfterMs: number, atMost = Infinity): void {
    const policy = this.stepDefinition.compensateRetry ?? this.stepDefinition.reconcileRetry;
    const isExhausted = this.executions >= Math.min(policy.maximumAttempts, atMost);
    if (errorClass === 'terminal' || isExhausted) this.park('compensationFailed');
    else this.become('compensating', waitBounds(policy, this.executions, nowMs, retryAfterMs));
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

function isSame(left: AttemptTicket | undefined, right: AttemptTicket): boolean {
  return left?.serial === right.serial && left.epoch === right.epoch;
}
