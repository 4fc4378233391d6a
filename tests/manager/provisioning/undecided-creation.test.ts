import { describe, expect, test } from 'vitest';
import { maximumSearchedNumbers } from '../../../src/manager/limits.ts';
import { alice, bob, tag, user } from '../../support/manager-fixture.ts';
import { adoptCanister, management } from '../support/pool.ts';
import {
  busy,
  createForeign,
  creatorOf,
  evidenceOf,
  expectAllAccountedFor,
  fault,
  lost,
} from './support-creations.ts';
import { managerAsDeployed } from '../support/manager-as-deployed.ts';

const fixture = managerAsDeployed();

describe('a creation that cannot be found', () => {
  test('because too many others were created meanwhile parks its job, and adopting the canister completes it', () => {
    fault(fixture, 'create_canister', lost, 1);
    const { id } = fixture.createGreeter(alice);
    fixture.network.run();
    createForeign(fixture, maximumSearchedNumbers + 1);
    const { id: later } = fixture.createGreeter(bob);
    fixture.settle(later);
    const parked = fixture.settle(id);
    expect(parked.parked[0]?.reason).toBe('outcomeUndecided');
    expect(parked.steps[0]?.evidence[0]).toContain(`SAGA_ID=${id}`);
    expect(parked.steps[0]?.evidence[0]).toContain('adoptCanister');

    const canisterId = fixture
      .created()
      .find((made) => creatorOf(fixture, made) === fixture.managerId.toText());
    if (!canisterId) throw new Error('no canister');
    expect(adoptCanister(fixture, canisterId, id)).toMatchObject({
      Ok: { state: { adopted: null }, jobId: [id] },
    });
    fixture.settle(id);
    fixture.expectProvisioned(id, alice);
    expect(fixture.job(id).greeterId.map(String)).toEqual([canisterId.toText()]);
    expectAllAccountedFor(fixture);
  });

  test('with a retry is searched for further down, and found in the end', () => {
    createForeign(fixture, 3);
    fault(fixture, 'create_canister', lost, 1);
    const { id } = fixture.createGreeter(alice);
    fixture.network.run();
    createForeign(fixture, 2 * maximumSearchedNumbers + 1);
    const { id: later } = fixture.createGreeter(bob);
    fixture.settle(later);
    const evidences = new Set<string | undefined>();
    for (let retries = 0; retries < 2; retries += 1) {
      const parked = fixture.settle(id);
      expect(parked.parked[0]?.reason).toBe('outcomeUndecided');
      evidences.add(parked.steps[0]?.evidence[0]);
      fixture.retry(id);
    }
    expect(evidences.size).toBe(2);
    const job = fixture.settle(id);
    fixture.expectProvisioned(id, alice);
    expect(job.steps[0]?.evidence[0]).toContain('bears the birth tag of this job');
    const own = fixture.created().filter((made) => creatorOf(fixture, made) === fixture.managerId.toText());
    expect(own).toHaveLength(2);
    expectAllAccountedFor(fixture);
  });

  test('is adopted only if the network says that this very attempt made the canister', () => {
    const rule = fault(fixture, 'canister_info', busy);
    fault(fixture, 'create_canister', lost);
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
