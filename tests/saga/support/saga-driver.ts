import { allowedActions, decide, startSaga } from '../../../src/saga/index.ts';
import type { Effect, Outcome, SagaEvent, SagaRecord, StepRecord, Verdict } from '../../../src/saga/index.ts';
import type { AttemptTicket, OpenAttempt, SagaAction } from '../../../src/saga/index.ts';
import { testDefinition } from './definition.ts';
import type { TestAction, TestDefinition, TestFacts } from './definition.ts';

/** Leads one saga through a story, so that tests read as one. Time stands still unless a wake or `later` moves it. */
export class SagaDriver {
  saga: SagaRecord<TestFacts>;
  effects: readonly Effect<TestFacts, TestAction>[] = [];
  changed = false;
  nowMs = 1_000_000;
  epoch = 1;

  constructor(readonly definition: TestDefinition = testDefinition()) {
    this.saga = startSaga(definition, 7n, {}, this.nowMs);
  }

  tell(event: SagaEvent<TestFacts>): this {
    const decision = decide(this.definition, this.saga, event, this.nowMs);
    this.saga = decision.saga;
    this.effects = decision.effects;
    this.changed = decision.changed;
    return this;
  }

  later(ms: number): this {
    this.nowMs += ms;
    return this;
  }

  /** Wakes the saga now, due or not. */
  wakeNow(learned?: TestFacts): this {
    return this.tell({ type: 'wake', epoch: this.epoch, hostVersion: 40n, ...(learned ? { learned } : {}) });
  }

  /** Waits until the saga is due, and wakes it. */
  wake(learned?: TestFacts): this {
    if (this.saga.dueAtMs === undefined)
      throw new Error(`nothing will wake a saga that is ${this.saga.status}`);
    this.nowMs = Math.max(this.nowMs, this.saga.dueAtMs);
    return this.wakeNow(learned);
  }

  /** Wakes and answers "applied" so many times. */
  succeed(times: number): this {
    for (let time = 0; time < times; time += 1) this.wake().answer({ kind: 'applied' });
    return this;
  }

  answer(outcome: Outcome<TestFacts>, ticket: AttemptTicket = this.open): this {
    return this.tell({ type: 'outcome', ticket: ticketOf(ticket), outcome });
  }

  judge(verdict: Verdict<TestFacts>, ticket: AttemptTicket = this.open): this {
    return this.tell({ type: 'verdict', ticket: ticketOf(ticket), verdict });
  }

  retry(learned?: TestFacts, delayMs?: number): this {
    const delay = delayMs === undefined ? {} : { delayMs };
    return this.tell({ type: 'retry', ...(learned ? { learned } : {}), ...delay });
  }

  cancel(): this {
    return this.tell({ type: 'cancel' });
  }

  resolve(finding: 'applied' | 'notApplied', learned?: TestFacts): this {
    return this.tell({
      type: 'resolve',
      finding,
      evidence: 'somebody looked',
      ...(learned ? { learned } : {}),
    });
  }

  terminate(): this {
    return this.tell({ type: 'terminate' });
  }

  /** What may be asked of the saga now. */
  get allowed(): readonly SagaAction[] {
    return allowedActions(this.definition, this.saga);
  }

  /** The attempt that is open. */
  get open(): OpenAttempt {
    if (!this.saga.openAttempt) throw new Error(`no attempt is open while ${this.saga.status}`);
    return this.saga.openAttempt;
  }

  /** The step at work. */
  get step(): StepRecord {
    const step = this.saga.steps[this.saga.cursor];
    if (!step) throw new Error('no step is at work any more');
    return step;
  }

  /** What the last event asked to be carried out. */
  get performed(): TestAction | undefined {
    return this.effects.find((effect) => effect.kind === 'perform')?.action;
  }

  /** The answer the last event handed back as late. */
  get late(): Outcome<TestFacts> | undefined {
    return this.effects.find((effect) => effect.kind === 'lateAnswer')?.outcome;
  }
}

function ticketOf({ serial, epoch }: AttemptTicket): AttemptTicket {
  return { serial, epoch };
}
