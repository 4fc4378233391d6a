import { Principal } from '@dfinity/principal';
import { describe, expect, test } from 'vitest';
import { managementCanisterId } from '../../../src/localnet/index.ts';
import type { FaultAction } from '../../../src/localnet/index.ts';
import { maximumSearchedNumbers } from '../../../src/manager/limits.ts';
import {
  alice,
  bob,
  managerModule,
  ManagerFixture,
  operator,
  tag,
  user,
} from '../../support/manager-fixture.ts';
import type { JobStatus } from '../../support/manager-fixture.ts';
import { adoptCanister, findOrphans, management, nextRequest, vacantCanisters } from '../support/pool.ts';

const fixture = new ManagerFixture();
const deployed = fixture.network.checkpoint();
const minuteMs = 60_000;
const lost: FaultAction = { kind: 'trapCallback', message: 'lost' };
const busy: FaultAction = {
  kind: 'reject',
  rejection: { rejectCode: 2, errorCode: 'IC0204', message: 'busy' },
};

function fault(method: string, action: FaultAction, nth?: number): number {
  const match = { callee: managementCanisterId, method };
  return fixture.network.faults.add(nth === undefined ? match : { ...match, nth }, action);
}

/** A job whose creation went unanswered, settled. */
function settleJobWith(action: FaultAction): JobStatus {
  fixture.network.restore(deployed);
  fault('create_canister', action, 1);
  const { id } = fixture.createGreeter(alice);
  return fixture.settle(id);
}

/** Canisters of other people, whose ids lie between the Manager's. */
function createForeign(count: number): void {
  const strangers = management(fixture, user(7));
  for (let made = 0; made < count; made += 1) strangers.createCanister({ cycles: 10_000_000_000n });
}

/** Every canister the Manager created is registered or vacant, and no cycle is lost. */
function expectAllAccountedFor(): void {
  const own = fixture.created().filter((id) => creatorOf(id) === fixture.managerId.toText());
  const registered = fixture.greeters({ limit: 100 }).greeters.map(({ canisterId }) => canisterId.toText());
  const vacant = vacantCanisters(fixture).map(({ canisterId }) => canisterId.toText());
  expect([...registered, ...vacant].sort()).toEqual(own.map(String).sort());
  fixture.network.checkCycles();
}

function creatorOf(id: Principal): string | undefined {
  const origin = fixture.network.canister(id).history[0]?.origin;
  return origin?.kind === 'canister' ? origin.canisterId.toText() : undefined;
}

describe('a creation whose answer was lost', () => {
  test('is found by its birth tag, and nothing is created again', () => {
    const job = settleJobWith(lost);
    fixture.expectProvisioned(job.id, alice);
    expect(job.steps[0]?.attempt).toBe(1);
    expect(job.steps[0]?.evidence[0]).toMatch(
      /^canister_info: \S+ bears the birth tag of this job and attempt$/,
    );
    expect(fixture.created()).toHaveLength(1);
    expectAllAccountedFor();
  });

  test('is found among many canisters of others, in as many messages as it takes', () => {
    fixture.network.restore(deployed);
    const { id: first } = fixture.createGreeter(bob);
    fixture.settle(first);
    createForeign(40);
    fault('create_canister', lost, 1);
    const { id } = fixture.createGreeter(alice);
    fixture.network.run();
    createForeign(40);
    const job = fixture.settle(id);
    fixture.expectProvisioned(id, alice);
    expect(job.steps[0]?.attempt).toBe(1);
    expectAllAccountedFor();
  });

  test.each([
    ['is found', lost, 1],
    ['is made again', { kind: 'dropBeforeExecution' }, 2],
  ] as const)('%s however many others were created before it', (_, action, attempt) => {
    fixture.network.restore(deployed);
    createForeign(maximumSearchedNumbers + 1);
    fixture.network.runFor(minuteMs);
    fault('create_canister', action, 1);
    const { id } = fixture.createGreeter(alice);
    fixture.network.run();
    createForeign(20);
    const job = fixture.settle(id);
    fixture.expectProvisioned(id, alice);
    expect(job.steps[0]?.attempt).toBe(attempt);
    expectAllAccountedFor();
  });

  test('is found although the network is busy at first, and across upgrades', () => {
    fixture.network.restore(deployed);
    for (const nth of [1, 3, 10]) fault('canister_info', busy, nth);
    fault('canister_info', { kind: 'dropReply' }, 4);
    createForeign(20);
    fault('create_canister', lost, 1);
    const { id } = fixture.createGreeter(alice);
    fixture.network.run();
    let reads = 0;
    const unhook = fixture.network.faults.beforeStep((step) => {
      if (step % 7 !== 0 || tag(fixture.job(id).status) !== 'reconciling') return;
      reads += 1;
      if (reads < 8) fixture.upgradeHot();
    });
    fixture.settle(id);
    unhook();
    expect(reads).toBeGreaterThan(2);
    fixture.expectProvisioned(id, alice);
    expectAllAccountedFor();
  });

  test('and that created nothing is made again once a later canister proves it', () => {
    const job = settleJobWith({ kind: 'dropBeforeExecution' });
    fixture.expectProvisioned(job.id, alice);
    const { evidence, attempt } = job.steps[0] ?? {};
    expect(attempt).toBeGreaterThan(1);
    expect(evidence).toEqual([]);
    // The later canister was not made for nothing: the job has it.
    expect(fixture.created()).toHaveLength(1);
    expectAllAccountedFor();
  });

  test.each([
    ['one later canister is begun', false],
    ['the creation of another job', true],
  ] as const)('waits for a slow network: %s is enough', (_, hasOther) => {
    fixture.network.restore(deployed);
    fault('create_canister', { kind: 'dropBeforeExecution' }, 1);
    fault('create_canister', { kind: 'delayReply', milliseconds: minuteMs });
    const { id } = fixture.createGreeter(alice);
    while (tag(fixture.job(id).status) !== 'reconciling') fixture.network.step();
    const other = hasOther ? fixture.createGreeter(bob).id : undefined;
    fixture.settle(id);
    if (other !== undefined) fixture.settle(other);
    fixture.expectProvisioned(id, alice);
    expect(fixture.created()).toHaveLength(hasOther ? 2 : 1);
    expectAllAccountedFor();
  });

  test('is found out also when the budgets are used up: a later canister is no part of them', () => {
    fixture.network.restore(deployed);
    fault('create_canister', { kind: 'dropBeforeExecution' }, 1);
    const { id } = fixture.createGreeter(alice);
    while (tag(fixture.job(id).status) !== 'reconciling') fixture.network.step();
    fixture.configure({ totalBudgetCycles: { cycles: 1n } });
    fixture.settle(id);
    fixture.expectProvisioned(id, alice);
  });

  test('and that created nothing needs no canister more when other jobs create later ones', () => {
    fixture.network.restore(deployed);
    fault('create_canister', { kind: 'dropBeforeExecution' }, 1);
    const { id } = fixture.createGreeter(alice);
    const { id: other } = fixture.createGreeter(bob);
    fixture.network.run();
    const { id: later } = fixture.createGreeter(bob);
    fixture.settle(later);
    fixture.settle(id);
    for (const [jobId, owner] of [
      [id, alice],
      [other, bob],
      [later, bob],
    ] as const) {
      fixture.expectProvisioned(jobId, owner);
    }
    expect(fixture.created()).toHaveLength(3);
    expectAllAccountedFor();
  });

  test('keeps each of several jobs to its own canister', () => {
    fixture.network.restore(deployed);
    for (const nth of [1, 2, 4]) fault('create_canister', lost, nth);
    const ids = [1, 2, 3, 4, 5].map((number) => fixture.createGreeter(user(number)).id);
    ids.forEach((id, index) => {
      fixture.settle(id);
      fixture.expectProvisioned(id, user(index + 1));
    });
    expect(fixture.created()).toHaveLength(5);
    expectAllAccountedFor();
  });

  test('parks when the ids cannot be read, naming that; a retry reads on', () => {
    fixture.network.restore(deployed);
    const rule = fault('canister_info', busy);
    fault('create_canister', lost, 1);
    const { id } = fixture.createGreeter(alice);
    const parked = fixture.settle(id);
    expect(parked.parked[0]?.reason).toBe('evidenceUnreadable');
    fixture.network.faults.remove(rule);
    fixture.retry(id);
    fixture.settle(id);
    fixture.expectProvisioned(id, alice);
    expectAllAccountedFor();
  });
});

describe('an answer to a creation that comes late', () => {
  test('gives the job its canister, if it has not found it', () => {
    fixture.network.restore(deployed);
    fault('canister_info', busy);
    fault('create_canister', { kind: 'delayReply', milliseconds: 20 * minuteMs }, 1);
    const { id } = fixture.createGreeter(alice);
    const job = fixture.settle(id);
    expect(job.steps[0]?.evidence[0]).toBe('the answer came late');
    fixture.expectProvisioned(id, alice);
    expectAllAccountedFor();
  });

  test('changes nothing when the job has found the canister already', () => {
    const job = settleJobWith({ kind: 'delayReply', milliseconds: 60 * minuteMs });
    fixture.expectProvisioned(job.id, alice);
    fixture.network.runFor(120 * minuteMs);
    fixture.expectProvisioned(job.id, alice);
    expectAllAccountedFor();
  });

  test('finds the canister kept for the job: no orphan, and vacant for nobody else', () => {
    fixture.network.restore(deployed);
    let rule = fault('canister_info', busy);
    fault('create_canister', { kind: 'delayReply', milliseconds: 25 * minuteMs }, 1);
    const { id } = fixture.createGreeter(alice);
    for (const [minutes, status] of [
      [5, 'running'],
      [18, 'reconciling'],
    ] as const) {
      fixture.network.runFor(minutes * minuteMs);
      expect(tag(fixture.job(id).status)).toBe(status);
      const [canisterId] = fixture.created();
      if (!canisterId) throw new Error('no canister');
      expect(evidenceOf(adoptCanister(fixture, canisterId))).toContain(`job ${id} is about to learn of it`);
      fixture.network.faults.remove(rule);
      expect(findOrphans(fixture).orphans).toEqual([]);
      if (status === 'running') rule = fault('canister_info', busy);
    }
    fixture.settle(id);
    fixture.expectProvisioned(id, alice);
    expect(fixture.created()).toHaveLength(1);
    expectAllAccountedFor();
  });
});

describe('a canister that nobody accounts for', () => {
  /** The network loses the answer, and executes the creation only after everybody has given it up: the IC never does. */
  function makeOrphan(): Principal {
    const job = settleJobWith({ kind: 'applyLater', milliseconds: 24 * 60 * minuteMs });
    fixture.expectProvisioned(job.id, alice);
    fixture.network.runFor(48 * 60 * minuteMs);
    const [greeterId] = job.greeterId;
    const [orphan] = fixture.created().filter((id) => id.toText() !== greeterId?.toText());
    if (!orphan) throw new Error('no orphan');
    return orphan;
  }

  test('is found with its cycles, and becomes vacant when it is adopted', () => {
    const orphan = makeOrphan();
    createForeign(30);
    const scan = findOrphans(fixture);
    expect(scan.failure).toEqual([]);
    expect(scan.endedAt).toHaveLength(1);
    expect(scan.orphans.map(({ canisterId }) => canisterId.toText())).toEqual([orphan.toText()]);
    expect(scan.orphans[0]?.cycles).toEqual([fixture.network.canister(orphan).cycles]);

    expect(adoptCanister(fixture, orphan)).toMatchObject({ Ok: { state: { adopted: null } } });
    expect(findOrphans(fixture).orphans).toEqual([]);
    expectAllAccountedFor();
    fixture.network.runFor(60 * minuteMs);
    const { id } = fixture.createGreeter(bob);
    fixture.settle(id);
    fixture.expectProvisioned(id, bob);
    expect(fixture.job(id).greeterId.map(String)).toEqual([orphan.toText()]);
  });

  test('is found also after the Manager was reinstalled and has forgotten everything', () => {
    fixture.network.restore(deployed);
    fault('install_chunked_code', busy);
    const { id } = fixture.createGreeter(alice);
    fixture.settle(id);
    const [forgotten] = fixture.created();
    if (!forgotten) throw new Error('no canister');
    management(fixture, operator).installCode(fixture.managerId, {
      module: managerModule,
      mode: 'reinstall',
    });
    fixture.network.run();
    const found = (from?: Principal): string[] =>
      findOrphans(fixture, from).orphans.map(({ canisterId }) => canisterId.toText());
    expect(found()).toEqual([forgotten.toText()]);
    expect(found(forgotten)).toEqual([forgotten.toText()]);
  });

  test('is not among those that are bound, registered, vacant, or somebody else’s', () => {
    fixture.network.restore(deployed);
    createForeign(3);
    const { id } = fixture.createGreeter(alice);
    fixture.settle(id);
    fixture.configure({ warmCanisters: 2 });
    fixture.network.run();
    createForeign(9);
    const scan = findOrphans(fixture);
    expect(scan.orphans).toEqual([]);
    expect(scan.idsRead).toBeGreaterThanOrEqual(12n);
    expect(scan.endedAt).toHaveLength(1);
  });

  test('is adopted with an id far above all others, and creations are found as before', () => {
    fixture.network.restore(deployed);
    const bytes = fixture.managerId.toUint8Array().slice();
    bytes[6] = 0x10;
    const far = management(fixture, user(7)).createCanister({
      specifiedId: Principal.fromUint8Array(bytes),
      settings: { controllers: [fixture.managerId] },
    });
    expect(adoptCanister(fixture, far)).toMatchObject({ Ok: { state: { adopted: null } } });
    fault('create_canister', lost, 1);
    const { id } = fixture.createGreeter(alice);
    const job = fixture.settle(id);
    fixture.expectProvisioned(id, alice);
    expect(job.steps[0]?.attempt).toBe(1);
  });

  /** Moves the freezing limit, so that only so many cycles remain above it: enough to run, not enough to call. */
  function setAvailable(cycles?: bigint): void {
    const controller = management(fixture, operator);
    const perDay = controller.canisterStatus(fixture.managerId).idle_cycles_burned_per_day;
    const limit = fixture.network.canister(fixture.managerId).cycles - (cycles ?? 0n);
    const seconds = cycles === undefined ? 2_592_000n : (limit * 86_400n) / perDay;
    controller.updateSettings(fixture.managerId, { freezing_threshold: seconds });
  }

  test('is asked about again under the same request id, if the network did not take the question', () => {
    const orphan = makeOrphan();
    setAvailable(60_000_000_000n);
    const request = nextRequest();
    expect(adoptCanister(fixture, orphan, undefined, request)).toMatchObject({ Err: { NotSent: {} } });
    expect(adoptCanister(fixture, orphan, undefined, request)).toMatchObject({ Err: { NotSent: {} } });
    setAvailable();
    const adopted = adoptCanister(fixture, orphan, undefined, request);
    expect(adopted).toMatchObject({ Ok: { state: { adopted: null } } });
  });

  test('cannot be adopted when it is somebody else’s, or accounted for', () => {
    fixture.network.restore(deployed);
    const { id } = fixture.createGreeter(alice);
    const [greeterId] = fixture.settle(id).greeterId;
    const stranger = management(fixture, user(7)).createCanister();
    if (!greeterId) throw new Error('no Greeter');
    expect(adoptCanister(fixture, stranger)).toMatchObject({ Ok: { state: { refused: null } } });
    expect(adoptCanister(fixture, greeterId)).toMatchObject({
      Err: { AccountedFor: { use: 'registered', jobId: [id] } },
    });
    expect(adoptCanister(fixture, user(9))).toMatchObject({
      Err: { InvalidRequest: { field: 'canisterId' } },
    });
    expect(vacantCanisters(fixture)).toEqual([]);
  });
});

describe('a creation that cannot be found', () => {
  test('because too many others were created meanwhile parks its job, and adopting the canister completes it', () => {
    fixture.network.restore(deployed);
    fault('create_canister', lost, 1);
    const { id } = fixture.createGreeter(alice);
    fixture.network.run();
    createForeign(maximumSearchedNumbers + 1);
    const { id: later } = fixture.createGreeter(bob);
    fixture.settle(later);
    const parked = fixture.settle(id);
    expect(parked.parked[0]?.reason).toBe('outcomeUndecided');
    expect(parked.steps[0]?.evidence[0]).toContain(`SAGA_ID=${id}`);
    expect(parked.steps[0]?.evidence[0]).toContain('adoptCanister');

    const canisterId = fixture.created().find((made) => creatorOf(made) === fixture.managerId.toText());
    if (!canisterId) throw new Error('no canister');
    expect(adoptCanister(fixture, canisterId, id)).toMatchObject({
      Ok: { state: { adopted: null }, jobId: [id] },
    });
    fixture.settle(id);
    fixture.expectProvisioned(id, alice);
    expect(fixture.job(id).greeterId.map(String)).toEqual([canisterId.toText()]);
    expectAllAccountedFor();
  });

  test('is adopted only if the network says that this very attempt made the canister', () => {
    fixture.network.restore(deployed);
    const rule = fault('canister_info', busy);
    fault('create_canister', lost);
    const jobs = [fixture.createGreeter(alice).id, fixture.createGreeter(bob).id] as const;
    for (const id of jobs) expect(fixture.settle(id).parked[0]?.reason).toBe('evidenceUnreadable');
    fixture.network.faults.remove(rule);
    const stranger = management(fixture, user(7)).createCanister();
    const [first, second] = fixture.created();
    if (!first || !second) throw new Error('two canisters were created');

    const [alices, bobs] = jobs;
    expect(evidenceOf(adoptCanister(fixture, stranger, alices))).toBe('the Manager did not create it');
    expect(evidenceOf(adoptCanister(fixture, second, alices))).toBe(`its birth tag is not ${alices}`);
    management(fixture, fixture.managerId).installCode(second, {
      module: fixture.template,
      arg: new Uint8Array(),
    });
    expect(evidenceOf(adoptCanister(fixture, second, bobs))).toBe('it has a module');
    expect(tag(fixture.job(alices).status)).toBe('parked');
    expect(tag(fixture.job(bobs).status)).toBe('parked');

    expect(adoptCanister(fixture, first, alices)).toMatchObject({ Ok: { state: { adopted: null } } });
    fixture.settle(alices);
    fixture.expectProvisioned(alices, alice);
    expect(adoptCanister(fixture, first, bobs)).toMatchObject({
      Err: { AccountedFor: { use: 'registered' } },
    });
    expect(adoptCanister(fixture, second, alices)).toMatchObject({
      Err: { NotAllowedNow: { status: { completed: null } } },
    });
    expect(adoptCanister(fixture, second, 99n)).toEqual({ Err: { NotFound: null } });
  });
});

function evidenceOf(result: Readonly<Record<string, unknown>>): string {
  expect(result).toMatchObject({ Ok: { state: { refused: null } } });
  return (result['Ok'] as { evidence: string }).evidence;
}
