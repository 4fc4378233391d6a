import type { Principal } from '@dfinity/principal';
import { expect, test } from 'vitest';
import { managementCanisterId } from '../../src/localnet/index.ts';
import type { FaultAction } from '../../src/localnet/index.ts';
import { ManagerFixture, operator, tag, user } from '../support/manager-fixture.ts';
import { buildAuditableManager } from './canisters/build.ts';
import { audit, openRoutes } from './support/audit.ts';
import { findOrphans, vacantCanisters } from './support/pool.ts';
import { Dice } from './support/dice.ts';

const seeds = Array.from({ length: 25 }, (_, index) => index + 1);
const hourMs = 3_600_000;
const manager = await buildAuditableManager();

const methods = ['create_canister', 'install_chunked_code', 'update_settings', 'canister_info'] as const;
const timerExecutor = '<ic-cdk internal> timer_executor';

const rejections = [
  { rejectCode: 1, errorCode: 'IC0101', message: 'Subnet is oversubscribed' },
  { rejectCode: 2, errorCode: 'IC0204', message: 'busy' },
  { rejectCode: 2, errorCode: 'IC0209', message: 'Canister is rate limited' },
  { rejectCode: 3, errorCode: 'IC0301', message: 'Canister not found.' },
  { rejectCode: 4, errorCode: 'IC0402', message: 'Insufficient memory allocation' },
  { rejectCode: 5, errorCode: 'IC0502', message: 'Canister trapped' },
] as const;

/** Any fault; the network applies those that end in SYS_UNKNOWN to bounded-wait calls only, as the IC does. */
function anyFault(dice: Dice): FaultAction {
  const milliseconds = dice.pick([1, 500, 3_000, 130_000, 400_000, 1_500_000]);
  return dice.pick<() => FaultAction>([
    () => ({ kind: 'reject', rejection: dice.pick(rejections) }),
    () => ({ kind: 'dropBeforeExecution' }),
    () => ({ kind: 'dropReply' }),
    () => ({ kind: 'applyLater', milliseconds }),
    () => ({ kind: 'delay', milliseconds, place: dice.pick(['inputQueue', 'outputQueue'] as const) }),
    () => ({ kind: 'delayReply', milliseconds }),
    () => ({ kind: 'trapCallback', message: 'lost' }),
  ])();
}

function disturb(fixture: ManagerFixture, dice: Dice): void {
  const { faults } = fixture.network;
  for (let rules = dice.upTo(12); rules >= 0; rules -= 1) {
    const method = dice.pick(methods);
    faults.add({ callee: managementCanisterId, method, nth: 1 + dice.upTo(8) }, anyFault(dice));
  }
  for (let rules = dice.upTo(3); rules > 0; rules -= 1) {
    const action = dice.pick<FaultAction>([{ kind: 'trap', message: 'broken' }, { kind: 'dropReply' }]);
    faults.add({ method: timerExecutor, nth: 1 + dice.upTo(30) }, action);
  }
  let upgrades = dice.upTo(5);
  faults.beforeStep(() => {
    if (upgrades === 0 || dice.upTo(40) > 0) return;
    upgrades -= 1;
    if (dice.upTo(4) > 0) fixture.upgradeHot(manager);
    else fixture.network.advanceTime(dice.pick([1_000, 60_000, hourMs]));
  });
}

function admitSomeJobs(fixture: ManagerFixture, dice: Dice): Map<bigint, Principal> {
  const jobs = new Map<bigint, Principal>();
  for (let count = 2 + dice.upTo(6); count > 0; count -= 1) {
    const owner = user(dice.upTo(3));
    const request = dice.pick([undefined, { idempotencyKey: 'same' }, { idempotencyKey: `key ${count}` }]);
    jobs.set(fixture.createGreeter(owner, request).id, owner);
    fixture.network.runFor(dice.pick([0, 0, 1_000, 400_000]));
  }
  return jobs;
}

/** Retries what is parked until nothing is, but for creations nobody can know about. */
function operateUntilSettled(fixture: ManagerFixture, jobs: Iterable<bigint>): void {
  for (let round = 0; round < 10; round += 1) {
    fixture.network.runFor(12 * hourMs);
    const parked = [...jobs].filter(
      (id) => tag(fixture.job(id).status) === 'parked' && !isUndecided(fixture, id),
    );
    if (parked.length === 0) return;
    for (const id of parked) fixture.retry(id, operator);
  }
}

function isUndecided(fixture: ManagerFixture, id: bigint): boolean {
  const job = fixture.job(id);
  return job.parked[0]?.reason === 'outcomeUndecided' && tag(job.step[0] ?? {}) === 'create';
}

test.each(seeds)(
  'whatever goes wrong, every job gets its one Greeter or is parked with evidence: seed %i',
  (seed) => {
    const dice = new Dice(seed);
    let lostAnswers = 0;
    const fixture = new ManagerFixture({
      seed,
      manager,
      onEvent: (event) => {
        if (event.event === 'faultApplied' && event.action === 'trapCallback') lostAnswers += 1;
      },
    });
    const { network } = fixture;
    disturb(fixture, dice);
    const jobs = admitSomeJobs(fixture, dice);
    network.runFor(2 * hourMs);
    network.faults.clear();
    // Half-way, with jobs parked and waiting; and again at the end.
    audit(fixture);
    operateUntilSettled(fixture, jobs.keys());

    const undecided = [...jobs.keys()].filter((id) => isUndecided(fixture, id));
    for (const [id, owner] of jobs) {
      if (!undecided.includes(id)) fixture.expectProvisioned(id, owner);
      else expect(fixture.job(id).steps[0]?.evidence[0]).toContain(`SAGA_ID=${id}`);
    }
    // Every canister is a job's, or vacant, or listed as an orphan.
    const known = [...jobs.keys()].flatMap((id) => fixture.job(id).greeterId.map(String));
    expect(new Set(known).size).toBe(known.length);
    const vacant = vacantCanisters(fixture).map(({ canisterId }) => canisterId.toText());
    const orphans = findOrphans(fixture).orphans.map(({ canisterId }) => canisterId.toText());
    expect([...known, ...vacant, ...orphans].toSorted()).toEqual(fixture.created().map(String).toSorted());

    expect(fixture.stats()).toMatchObject({
      openAttempts: 0,
      unreadAnswers: 0,
      strayAnswers: 0,
      defects: 0,
      nextWakeAt: [],
    });
    const reserved = [...jobs.keys()].reduce((sum, id) => sum + fixture.job(id).cyclesReserved, 0n);
    expect(fixture.stats().cyclesReserved).toBe(reserved);
    const own = audit(fixture).filter(({ definitionName }) => definitionName === 'provisioning');
    expect(own).toHaveLength(jobs.size);
    // Who was called is forgotten when the answer is read; of an answer that was lost nobody can know it.
    expect(openRoutes(fixture)).toBe(lostAnswers);
    network.checkCycles();
  },
);
