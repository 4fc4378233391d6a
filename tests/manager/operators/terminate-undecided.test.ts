import type { Principal } from '@dfinity/principal';
import { describe, expect, test } from 'vitest';
import { managementCanisterId } from '../../../src/localnet/index.ts';
import { alice, bob, tag } from '../../support/manager-fixture.ts';
import type { JobStatus } from '../../support/manager-fixture.ts';
import { adoptCanister, findOrphans } from '../support/pool.ts';
import { auditRows, ok } from './support.ts';
import { bulkVerb, jobVerb, parkedAtInstall, parkedUnknown, resolveStep } from './support-jobs.ts';
import type { Bulk, OperatedJob } from './support-jobs.ts';
import { managerAsDeployed } from '../support/manager-as-deployed.ts';

const fixture = managerAsDeployed();
const { network } = fixture;
const yearMs = 365 * 24 * 3_600_000;

function job(id: bigint): OperatedJob {
  return fixture.job(id) as OperatedJob;
}

describe('terminating a job of which nobody knows whether its canister was created', () => {
  test.each([
    ['was', true],
    ['was not', false],
  ] as const)('is refused with what helps, and the search goes on: it %s', (_, wasCreated) => {
    const id = parkedUnknown(fixture, alice, 'create_canister', wasCreated);
    const { version } = job(id);
    const allowed = ['adoptCanister', 'retryJob', 'cancelJob', 'resolveStep'];
    expect(job(id).actions).toEqual([allowed]);
    expect(jobVerb(fixture, 'terminateJob', id)).toEqual({
      Err: {
        CreationUndecided: {
          status: { parked: null },
          explanation: expect.stringContaining('resolveStep with notApplied') as string,
          allowed,
        },
      },
    });
    expect(job(id).version).toBe(version);
    expect(auditRows(fixture)).toEqual([]);
    ok(jobVerb(fixture, 'retryJob', id));
    fixture.settle(id);
    fixture.expectProvisioned(id, alice);
    expect(fixture.created()).toHaveLength(1);
  });

  test('is refused while it is being found out, too', () => {
    const { faults } = network;
    faults.add({ callee: managementCanisterId, method: 'create_canister', nth: 1 }, { kind: 'dropReply' });
    const { id } = fixture.createGreeter(alice);
    while (tag(job(id).status) !== 'reconciling') network.step();
    expect(jobVerb(fixture, 'terminateJob', id)).toMatchObject({
      Err: { CreationUndecided: { status: { reconciling: null }, allowed: ['cancelJob'] } },
    });
  });

  test.each([
    ['resolveStep', (id: bigint) => ok(resolveStep(fixture, id, 'notApplied')), 0],
    ['adoptCanister', (id: bigint) => adoptCanister(fixture, fixture.created()[0] as Principal, id), 1],
    ['retryJob', (id: bigint) => ok(jobVerb(fixture, 'retryJob', id)), 1],
    ['cancelJob', (id: bigint) => ok(jobVerb(fixture, 'cancelJob', id)), 1],
  ] as const)('is needed no more after %s, also a year later and across an upgrade', (verb, help, made) => {
    const id = parkedUnknown(fixture, alice, 'create_canister', made === 1);
    expect(fixture.created()).toHaveLength(made);
    network.advanceTime(yearMs);
    network.run();
    fixture.upgradeHot();
    network.advanceTime(yearMs);
    network.run();
    expect(job(id).actions[0]).toContain(verb);
    help(id);
    const settled = fixture.settle(id);
    if (verb === 'cancelJob') expect(settled.status).toEqual({ compensated: null });
    else fixture.expectProvisioned(id, alice);
    expect(fixture.created()).toHaveLength(1);
    expect(findOrphans(fixture).orphans).toEqual([]);
  });

  test('is accepted once somebody has said that it surely was not', () => {
    const id = parkedUnknown(fixture, alice, 'create_canister', false);
    const rejection = { rejectCode: 4, errorCode: 'IC0402', message: 'no' } as const;
    network.faults.add(
      { callee: managementCanisterId, method: 'create_canister' },
      { kind: 'reject', rejection },
    );
    ok(resolveStep(fixture, id, 'notApplied'));
    fixture.settle(id);
    expect(ok<JobStatus>(jobVerb(fixture, 'terminateJob', id)).status).toEqual({ terminated: null });
    expect(fixture.created()).toEqual([]);
  });

  test('in bulk passes over it', () => {
    const undecided = parkedUnknown(fixture, alice, 'create_canister', true);
    const refused = parkedAtInstall(fixture, bob);
    const { results } = ok<Bulk>(bulkVerb(fixture, 'terminateJobs', { status: 'parked' }));
    expect(results.map(({ jobId }) => jobId)).toEqual([refused]);
    expect(job(undecided).status).toEqual({ parked: null });
  });
});
