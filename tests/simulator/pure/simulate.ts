import { silentLog } from '../shared/event-log.ts';
import type { EventLog } from '../shared/event-log.ts';
import { Marks } from '../shared/marks.ts';
import { auditAtRest, auditToldCanisters } from './audit-at-rest.ts';
import { audit } from './audit.ts';
import type { Run } from './audit.ts';
import { promise, shown } from './broken-promise.ts';
import type { ManagerProgram } from './bundle-manager.ts';
import { operator } from './identities.ts';
import { Population } from './population.ts';
import type { JobVerb } from './population.ts';
import type { Schedule } from './schedule.ts';
import { TransitionWatch } from './watch-transitions.ts';
import type { Saga } from './watch-transitions.ts';
import { World } from './world.ts';

const hourMs = 3_600_000;
/** After healing, jobs that wait for their next attempt have so long; then the operator looks at what is parked. */
const roundMs = 12 * hourMs;
const maximumRounds = 12;

/** Rounds after which a job is given up that cannot go on, because the Manager was told or made to forget the truth. */
const roundsUntilGivenUp = 4;

/** What a run came to. */
export interface Simulated {
  readonly world: World;
  /** What was thrown; undefined: every promise was kept. */
  readonly failure?: unknown;
  /** Simulated time. */
  readonly elapsedMs: number;
}

/**
 * One run: deployment, a phase with faults, healing, and a phase in which everything must come to rest.
 *
 * @param marks where is counted what happened
 */
export function simulate(
  program: ManagerProgram,
  schedule: Schedule,
  marks: Marks = new Marks(),
  log: EventLog = silentLog,
): Simulated {
  const world = new World(program, schedule.seed, log, marks, schedule.isScarce);
  const startNs = world.nowNs;
  const watch = new TransitionWatch(world);
  const population = new Population(world, watch);
  const run = { world, watch, population };
  try {
    deploy(run, schedule);
    disturb(run, schedule);
    world.run(schedule.unsafeMs);
    audit(run);
    world.heal();
    population.control('resumeQueue');
    population.shelf.deploy();
    settle(run);
    auditToldCanisters(run);
    if (mayHaveOrphans(run, schedule)) population.orphanSearch.searchAtRest();
    auditAtRest(run);
    return { world, elapsedMs: elapsedMs(world, startNs) };
  } catch (failure) {
    return { world, failure, elapsedMs: elapsedMs(world, startNs) };
  }
}

function elapsedMs(world: World, startNs: bigint): number {
  return Number((world.nowNs - startNs) / 1_000_000n);
}

function deploy({ world, watch, population }: Run, { strangers, warmCanisters }: Schedule): void {
  world.observer = watch;
  world.ic.weather.strangers = strangers;
  population.shelf.deploy();
  world.run(10_000);
  promise(
    population.shelf.active !== undefined,
    'the Manager can be deployed',
    () => 'no template is active',
  );
  if (warmCanisters > 0)
    population.client.configure({ caller: operator }, { warmCanisters: [warmCanisters] });
}

function disturb({ world, population }: Run, { items }: Schedule): void {
  world.schedule(items.flatMap((item) => (item.type === 'fault' ? [item.fault] : [])));
  for (const item of items) {
    if (item.type !== 'action') continue;
    const { action } = item;
    world.after(action.atMs, () => {
      population.perform(action);
    });
  }
}

/** Nothing goes wrong any more: the operator retries what is parked, until everything has come to its end. */
function settle(run: Run): void {
  const { world, watch, population } = run;
  const { isEnded } = world.manager.stores;
  const isResting = (): boolean =>
    world.calls.open === 0 &&
    [...watch.sagas.values()].every(({ status }) => isEnded(status) || status === 'parked') &&
    world.manager.map(3).len() === 0;
  for (let round = 0; round < maximumRounds; round += 1) {
    const endNs = world.nowNs + BigInt(roundMs) * 1_000_000n;
    while (!isResting() && world.step(endNs));
    promise(isResting(), 'everything comes to rest', () =>
      shown([...watch.sagas.values()].filter(({ status }) => !isEnded(status))),
    );
    const parked = [...watch.sagas.values()].filter(({ status }) => status === 'parked');
    const helpless = parked.find((saga) => world.manager.stores.sagas.allowedActions(saga).length === 0);
    promise(helpless === undefined, 'a parked job has a verb that helps', () => shown(helpless));
    if (parked.length === 0) {
      for (const { status } of watch.sagas.values()) world.marks.hit(`at rest: ${status}`);
      return;
    }
    population.shelf.rollBack();
    for (const saga of parked) population.actOn(verbFor(saga, round, run), saga.id);
    world.run(1_000);
  }
  promise(false, 'retries end', () =>
    shown([...watch.sagas.values()].filter(({ status }) => status === 'parked')),
  );
}

/** Who was told lies, or set back, may stand before what nobody can make good. */
function verbFor({ id }: Saga, round: number, { world, watch }: Run): JobVerb {
  const isDoubtful = watch.misledJobs.has(id) || watch.setBackJobs.has(id);
  if (!isDoubtful || round < roundsUntilGivenUp) return 'retryJob';
  const saga = watch.sagas.get(id);
  return saga && world.manager.stores.sagas.allowedActions(saga).includes('terminate')
    ? 'terminateJob'
    : 'retryJob';
}

/** Only where somebody misled the Manager, or it has forgotten something; or where the operator wants to know. */
function mayHaveOrphans({ watch, population: { lives } }: Run, { searchesOrphans }: Schedule): boolean {
  return searchesOrphans || watch.misledJobs.size > 0 || lives.forgotten > 0;
}
