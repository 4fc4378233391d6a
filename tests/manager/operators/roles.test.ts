import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';
import { beforeEach, describe, expect, test } from 'vitest';
import { CallRejectedError, managementClient } from '../../../src/localnet/index.ts';
import { AuditResult } from '../../../src/manager/candid/audit.ts';
import { JobStatus } from '../../../src/manager/candid/job.ts';
import { Page } from '../../../src/manager/candid/lists.ts';
import { QueueStatsResult } from '../../../src/manager/candid/operator.ts';
import { RolesResult } from '../../../src/manager/candid/roles.ts';
import { maximumAppointments } from '../../../src/manager/limits.ts';
import { alice, bob, ManagerFixture, operator, user } from '../../support/manager-fixture.ts';
import { auditPage, auditRows, ok, queueVerb, setRole } from './support.ts';

const fixture = new ManagerFixture();
const { network, managerId } = fixture;
const deployed = network.checkpoint();

beforeEach(() => {
  network.restore(deployed);
});

const notAuthorized = { Err: { NotAuthorized: null } };

function roles(sender = operator): { appointee: Principal; role: object; appointedBy: Principal }[] {
  return ok(fixture.query(sender, 'listRoles', [], RolesResult, []) as never);
}

function rolesText(): string[] {
  return roles().map(({ appointee, role }) => `${appointee.toText()} ${Object.keys(role).join()}`);
}

function stats(sender: Principal): unknown {
  return fixture.query(sender, 'getQueueStats', [], QueueStatsResult, []);
}

/** Whether the ingress hook lets somebody's message in, however little sense its argument makes. */
function isAdmitted(sender: Principal, method: string): boolean {
  try {
    network.update({ sender, canisterId: managerId, method, arg: new Uint8Array() });
    return true;
  } catch (error) {
    if (!(error instanceof CallRejectedError)) throw error;
    return error.rejectMessage.startsWith('InvalidRequest');
  }
}

describe('a role', () => {
  test('lets its holder do what it names and what the roles below it do, and nothing above', () => {
    const job = fixture.createGreeter(bob).id;
    const seesJob = (sender: Principal): boolean => {
      const jobs = fixture.query(sender, 'getJobStatus', [IDL.Nat64], IDL.Opt(JobStatus), [job]) as unknown[];
      return jobs.length > 0;
    };
    const seesStats = (sender: Principal): boolean => Object.hasOwn(stats(sender) as object, 'Ok');
    const [viewer, acting, admin] = [user(1), user(2), user(3)];
    ok(setRole(fixture, viewer, 'viewer'));
    ok(setRole(fixture, acting, 'operator'));
    ok(setRole(fixture, admin, 'admin'));
    const may = [viewer, acting, admin, alice].map((sender) => ({
      read: seesStats(sender) && seesJob(sender),
      act: isAdmitted(sender, 'retryJob') && isAdmitted(sender, 'pauseQueue'),
      rule: isAdmitted(sender, 'setRole') && isAdmitted(sender, 'activateTemplate'),
    }));
    expect(may).toEqual([
      { read: true, act: false, rule: false },
      { read: true, act: true, rule: false },
      { read: true, act: true, rule: true },
      { read: false, act: false, rule: false },
    ]);
    ok(queueVerb(fixture, 'pauseQueue', { sender: acting }));
    ok(setRole(fixture, alice, 'viewer', { sender: admin }));
    expect(seesJob(alice)).toBe(true);
  });

  test('is replaced by the next one, taken away by none, and outlasts an upgrade', () => {
    ok(setRole(fixture, alice, 'admin'));
    ok(setRole(fixture, user(1), 'admin'));
    ok(setRole(fixture, bob, 'viewer'));
    ok(setRole(fixture, alice, 'operator', { sender: alice, requestId: 'step down' }));
    fixture.upgradeHot();
    expect(rolesText().slice(1)).toEqual([`${bob.toText()} viewer`, `${alice.toText()} operator`]);
    expect(roles()[2]?.appointedBy.toText()).toBe(alice.toText());
    ok(setRole(fixture, alice, undefined));
    expect(stats(alice)).toEqual(notAuthorized);
    expect(rolesText().slice(1)).toEqual([`${bob.toText()} viewer`]);
  });

  test('is not given to everybody, nor to more than there is room for', () => {
    expect(setRole(fixture, Principal.anonymous(), 'viewer')).toMatchObject({
      Err: { InvalidRequest: { field: 'appointee' } },
    });
    for (let index = 0; index < maximumAppointments; index += 1) ok(setRole(fixture, user(index), 'viewer'));
    expect(setRole(fixture, alice, 'viewer')).toMatchObject({
      Err: { InvalidRequest: { field: 'appointee' } },
    });
    ok(setRole(fixture, user(7), 'operator'));
    expect(stats(user(maximumAppointments - 1))).toHaveProperty('Ok');
  });
});

describe('the last appointed admin', () => {
  test('cannot step down, for whom a Manager without controllers would obey then?', () => {
    ok(setRole(fixture, alice, 'admin'));
    managementClient(network, operator).updateSettings(managerId, { controllers: [] });
    for (const role of [undefined, 'operator'] as const) {
      expect(setRole(fixture, alice, role, { sender: alice })).toEqual({ Err: { LastAdmin: null } });
    }
    ok(setRole(fixture, bob, 'admin', { sender: alice }));
    ok(setRole(fixture, alice, undefined, { sender: alice }));
    expect(setRole(fixture, bob, undefined, { sender: bob })).toEqual({ Err: { LastAdmin: null } });
  });

  test('is removed by a controller', () => {
    ok(setRole(fixture, alice, 'admin'));
    ok(setRole(fixture, alice, undefined));
    expect(roles()).toEqual([]);
  });
});

describe('the audit log', () => {
  test('has one row for each thing done, with who, what, why and what came of it; newest first, in pages', () => {
    ok(setRole(fixture, alice, 'admin', { requestId: 'r1', reason: 'she knows' }));
    ok(queueVerb(fixture, 'pauseQueue', { sender: alice, requestId: 'r1', reason: 'subnet trouble' }));
    ok(queueVerb(fixture, 'resumeQueue', { sender: alice, requestId: 'r2', reason: 'over' }));
    expect(auditRows(fixture).map(({ actor, ...row }) => ({ ...row, actor: actor.toText() }))).toMatchObject([
      { sequence: 5n, actor: alice.toText(), verb: 'resumeQueue', target: 'queue', outcome: 'running' },
      {
        sequence: 4n,
        actor: alice.toText(),
        verb: 'pauseQueue',
        reason: 'subnet trouble',
        outcome: 'paused',
      },
      {
        sequence: 3n,
        actor: operator.toText(),
        verb: 'setRole',
        target: alice.toText(),
        details: ['admin'],
        requestId: 'r1',
        reason: 'she knows',
        outcome: `${alice.toText()} has admin`,
      },
    ]);
    const first = auditPage(fixture, { limit: 2 });
    const [cursor] = first.nextCursor;
    const second = auditPage(fixture, { limit: 20, cursor: cursor ?? '' });
    expect([...first.rows, ...second.rows].map(({ sequence }) => sequence)).toEqual([5n, 4n, 3n, 2n, 1n]);
    expect(second.nextCursor).toEqual([]);
  });

  test('knows who published and activated a template, though these methods take no request id', () => {
    const actor = operator.toText();
    expect(auditPage(fixture).rows.map((row) => ({ ...row, actor: row.actor.toText() }))).toMatchObject([
      { actor, verb: 'activateTemplate', target: 'template 1.0.0', requestId: '', outcome: 'active' },
      { actor, verb: 'publishTemplate', target: 'template 1.0.0', outcome: 'uploading' },
    ]);
  });

  test('has no row for what was refused', () => {
    setRole(fixture, Principal.anonymous(), 'viewer');
    setRole(fixture, alice, 'viewer', { reason: '' });
    setRole(fixture, alice, 'viewer', { requestId: 'é'.repeat(129) });
    expect(auditRows(fixture)).toEqual([]);
    expect(roles()).toEqual([]);
  });

  test('is not for everybody, and its pages have limits', () => {
    const read = (sender: Principal, page: object[]): unknown =>
      fixture.query(sender, 'listAudit', [IDL.Opt(Page)], AuditResult, [page]);
    expect(read(alice, [])).toEqual(notAuthorized);
    for (const page of [
      { cursor: ['next'], limit: [] },
      { cursor: [], limit: [0] },
      { cursor: [], limit: [101] },
    ]) {
      expect(read(operator, [page])).toHaveProperty('Err.InvalidRequest');
    }
  });
});

describe('a request that is repeated', () => {
  test('with the same id is not done twice; with an id of another request it is refused', () => {
    ok(setRole(fixture, alice, 'viewer', { requestId: 'r1' }));
    ok(setRole(fixture, alice, 'admin', { requestId: 'r2' }));
    ok(setRole(fixture, alice, 'viewer', { requestId: 'r1' }));
    expect(rolesText()).toEqual([`${alice.toText()} admin`]);
    const conflict = { Err: { InvalidRequest: { field: 'requestId' } } };
    expect(setRole(fixture, alice, 'operator', { requestId: 'r1' })).toMatchObject(conflict);
    expect(setRole(fixture, bob, 'viewer', { requestId: 'r1' })).toMatchObject(conflict);
    expect(queueVerb(fixture, 'pauseQueue', { requestId: 'r1' })).toMatchObject(conflict);
    ok(queueVerb(fixture, 'pauseQueue', { requestId: 'r1', sender: alice }));
    expect(auditRows(fixture)).toHaveLength(3);
  });
});
