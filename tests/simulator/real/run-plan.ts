import { CallRejectedError } from '../../../src/localnet/index.ts';
import type { NetworkEvent } from '../../../src/localnet/index.ts';
import { user } from '../../support/manager-fixture.ts';
import { Marks } from '../shared/marks.ts';
import { bringToRest } from './at-rest.ts';
import type { AuditedManager } from './audit.ts';
import { disturb } from './disturb.ts';
import type { AcceptedJob, Disturbed } from './disturb.ts';
import type { RealPlan } from './plan.ts';
import { realNetwork } from './real-network.ts';
import { textOf } from './text-of.ts';

const minuteMs = 60_000;
/** Longer than any lease and any delay a plan has, so that what must show has shown. */
const disturbedMs = 60 * minuteMs;

/**
 * Carries out a plan on the real Manager: a phase in which things go wrong, then one in which nothing does and
 * everything must come to its end.
 *
 * @param log gets every event of the network, one line each
 * @returns what happened in it sometimes
 * @throws AssertionError when a promise is broken; whatever else went wrong
 */
export function runPlan(plan: RealPlan, log: (line: string) => void = () => undefined): Marks {
  const marks = new Marks();
  const fixture = realNetwork().renew(plan.greeter, plan.seed, (event) => {
    markEvent(marks, event);
    log(textOf(event));
  });
  const accepted: AcceptedJob[] = [];
  const [cancelled, terminated] = [new Set<bigint>(), new Set<bigint>()];
  const disturbed = { fixture, marks, accepted, cancelled, terminated };
  if (plan.warmCanisters > 0) fixture.configure({ warmCanisters: plan.warmCanisters });
  const lasting = disturb(disturbed, plan.faults);
  admit(disturbed, plan);
  fixture.network.runFor(disturbedMs);
  lasting.heal();
  const audited = bringToRest(disturbed);
  markSagas(marks, audited);
  return marks;
}

/** Users ask for Greeters. A request may be refused, as when a message trapped: then it must have left nothing. */
function admit(
  { fixture, marks, accepted }: Disturbed & { accepted: AcceptedJob[] },
  { jobs }: RealPlan,
): void {
  for (const { user: number, idempotencyKey, pauseMs } of jobs) {
    const owner = user(number);
    const request = idempotencyKey === undefined ? undefined : { idempotencyKey };
    try {
      const result = fixture.tryCreateGreeter(owner, request) as { Ok?: { job: { id: bigint } } };
      if (result.Ok) accepted.push({ id: result.Ok.job.id, owner });
      marks.hit(result.Ok ? 'request accepted' : 'request answered Err');
    } catch (error) {
      if (!(error instanceof CallRejectedError)) throw error;
      marks.hit('request rejected');
    }
    fixture.network.runFor(pauseMs);
  }
}

/** Counts what an event of the network says. */
export function markEvent(marks: Marks, event: NetworkEvent): void {
  if (event.event === 'faultApplied') marks.hit(`fault ${event.action}`);
  if (event.event === 'lateResponse') marks.hit('late response');
  if (event.event !== 'step' || event.outcome !== 'trapped') return;
  if (event.error?.startsWith('IC0522') === true) marks.hit('instruction limit');
  if (event.kind === 'reply' || event.kind === 'reject') marks.hit('answer lost');
}

function markSagas(marks: Marks, { sagas }: AuditedManager): void {
  for (const { saga, journal } of sagas) {
    marks.hit(`${saga.definitionName} ${saga.status}`);
    if (saga.facts.isReused) marks.hit('vacant canister taken');
    if (saga.lateAnswers > 0) marks.hit('late answer');
    for (const { event } of journal) {
      if (event.type === 'outcome') marks.hit(`outcome ${event.outcome.kind}`);
      else if (event.type === 'verdict') marks.hit(`verdict ${event.verdict.kind}`);
      else if (event.type !== 'wake') marks.hit(event.type);
    }
  }
}
