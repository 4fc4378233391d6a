import { Principal } from '@dfinity/principal';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { variantName } from '../../../../src/client/index.ts';
import { maximumAppointments } from '../../../../src/manager/limits.ts';
import { operator } from '../../../support/manager-modules.ts';
import { ok, type PicManager } from '../../../support/pocket-ic-manager.ts';
import { managersOfThisFile } from '../../../support/pocket-ic-managers.ts';
import { toPic } from '../../../support/pocket-ic-types.ts';
import { auditRows, auditRowsAfter, newestAuditRow, setRole } from '../support/operators.ts';

const createManager = managersOfThisFile();
let manager: PicManager;
let alice: Principal;
let bob: Principal;

beforeAll(async () => {
  manager = await createManager();
});

beforeEach(() => {
  [alice, bob] = [manager.newUser(), manager.newUser()];
});

const notAuthorized = { Err: { NotAuthorized: null } };

/** The roles of these people, in the order of the list. */
async function rolesOf(...people: Principal[]): Promise<string[]> {
  const list = ok(await manager.as(operator).listRoles());
  return list
    .map(({ appointee, role }) => `${appointee.toText()} ${variantName(role)}`)
    .filter((line) => people.some((person) => line.startsWith(person.toText())));
}

/** Whether the ingress hook lets somebody's message in, however little sense its argument makes. */
async function isAdmitted(sender: Principal, method: string): Promise<boolean> {
  const canisterId = toPic(manager.managerId);
  const call = { canisterId, method, sender: toPic(sender), arg: new Uint8Array() };
  return manager.pic.updateCall(call).then(
    () => true,
    (error: unknown) => String(error).includes('InvalidRequest'),
  );
}

describe('a role', () => {
  test('lets its holder do what it names and what the roles below it do, and nothing above', async () => {
    const job = (await manager.createGreeter(bob)).id;
    const seesJob = async (sender: Principal): Promise<boolean> =>
      (await manager.as(sender).getJobStatus(job)).length > 0;
    const seesStats = async (sender: Principal): Promise<boolean> =>
      'Ok' in (await manager.as(sender).getQueueStats());
    const [viewer, acting, admin] = [manager.newUser(), manager.newUser(), manager.newUser()];
    ok(await setRole(manager, viewer, 'viewer'));
    ok(await setRole(manager, acting, 'operator'));
    ok(await setRole(manager, admin, 'admin'));
    const may = [];
    for (const sender of [viewer, acting, admin, alice]) {
      may.push({
        read: (await seesStats(sender)) && (await seesJob(sender)),
        act: (await isAdmitted(sender, 'retryJob')) && (await isAdmitted(sender, 'pauseQueue')),
        rule: (await isAdmitted(sender, 'setRole')) && (await isAdmitted(sender, 'activateTemplate')),
      });
    }
    expect(may).toEqual([
      { read: true, act: false, rule: false },
      { read: true, act: true, rule: false },
      { read: true, act: true, rule: true },
      { read: false, act: false, rule: false },
    ]);
    ok(await manager.as(acting).pauseQueue(manager.request()));
    ok(await manager.as(acting).resumeQueue(manager.request()));
    ok(await setRole(manager, alice, 'viewer', { sender: admin }));
    expect(await seesJob(alice)).toBe(true);
  });

  test('is replaced by the next one, taken away by none, and outlasts an upgrade', async () => {
    ok(await setRole(manager, alice, 'admin'));
    ok(await setRole(manager, manager.newUser(), 'admin'));
    ok(await setRole(manager, bob, 'viewer'));
    ok(await setRole(manager, alice, 'operator', { sender: alice, reason: 'step down' }));
    await manager.upgrade();
    const both = [`${bob.toText()} viewer`, `${alice.toText()} operator`];
    expect((await rolesOf(alice, bob)).toSorted()).toEqual(both.toSorted());
    const list = ok(await manager.as(operator).listRoles());
    const own = list.find(({ appointee }) => appointee.toText() === alice.toText());
    expect(own?.appointedBy.toText()).toBe(alice.toText());
    ok(await setRole(manager, alice, undefined));
    expect(await manager.as(alice).getQueueStats()).toEqual(notAuthorized);
    expect(await rolesOf(alice, bob)).toEqual([`${bob.toText()} viewer`]);
  });

  test('is not given to everybody, nor to more than there is room for', async () => {
    const crowded = await createManager({ activate: false });
    const noRoom = { Err: { InvalidRequest: { field: 'appointee' } } };
    expect(await setRole(crowded, Principal.anonymous(), 'viewer')).toMatchObject(noRoom);
    const viewers = Array.from({ length: maximumAppointments }, () => crowded.newUser());
    for (const viewer of viewers) ok(await setRole(crowded, viewer, 'viewer'));
    expect(await setRole(crowded, crowded.newUser(), 'viewer')).toMatchObject(noRoom);
    ok(await setRole(crowded, viewers[7] ?? alice, 'operator'));
    expect(await crowded.as(viewers.at(-1) ?? alice).getQueueStats()).toHaveProperty('Ok');
  });
});

describe('the last appointed admin', () => {
  let lonely: PicManager;

  beforeEach(async () => {
    lonely = await createManager({ activate: false });
    ok(await setRole(lonely, alice, 'admin'));
  });

  test('cannot step down, for whom a Manager without controllers would obey then?', async () => {
    const canisterId = toPic(lonely.managerId);
    await lonely.pic.updateCanisterSettings({ canisterId, controllers: [], sender: toPic(operator) });
    for (const role of [undefined, 'operator'] as const) {
      const result = await setRole(lonely, alice, role, { sender: alice });
      expect(result).toEqual({ Err: { LastAdmin: null } });
    }
    ok(await setRole(lonely, bob, 'admin', { sender: alice }));
    ok(await setRole(lonely, alice, undefined, { sender: alice }));
    const result = await setRole(lonely, bob, undefined, { sender: bob });
    expect(result).toEqual({ Err: { LastAdmin: null } });
  });

  test('is removed by a controller', async () => {
    ok(await setRole(lonely, alice, undefined));
    expect(ok(await lonely.as(operator).listRoles())).toEqual([]);
  });
});

describe('the audit log', () => {
  test('has one row for each thing done, with who, what, why and what came of it; newest first, in pages', async () => {
    const before = await newestAuditRow(manager);
    const [appoint, pause, resume] = [manager.request(), manager.request(), manager.request()];
    ok(await setRole(manager, alice, 'admin', { ...appoint, reason: 'she knows' }));
    // Request ids are everybody's own.
    ok(await manager.as(alice).pauseQueue({ ...pause, requestId: appoint.requestId, reason: 'trouble' }));
    ok(await manager.as(alice).resumeQueue({ ...resume, reason: 'over' }));
    const rows = await auditRowsAfter(manager, before);
    expect(rows.map(({ actor, ...row }) => ({ ...row, actor: actor.toText() }))).toMatchObject([
      {
        sequence: before + 3n,
        actor: alice.toText(),
        verb: 'resumeQueue',
        target: 'queue',
        outcome: 'running',
      },
      {
        sequence: before + 2n,
        actor: alice.toText(),
        verb: 'pauseQueue',
        reason: 'trouble',
        outcome: 'paused',
      },
      {
        sequence: before + 1n,
        actor: operator.toText(),
        verb: 'setRole',
        target: alice.toText(),
        details: ['admin'],
        requestId: appoint.requestId,
        reason: 'she knows',
        outcome: `${alice.toText()} has admin`,
      },
    ]);
    const first = ok(await manager.as(operator).listAudit([{ cursor: [], limit: [2] }]));
    const rest = ok(await manager.as(operator).listAudit([{ cursor: first.nextCursor, limit: [100] }]));
    const newest = Number(before + 3n);
    expect([...first.rows, ...rest.rows].map(({ sequence }) => Number(sequence))).toEqual(
      Array.from({ length: newest }, (_, index) => newest - index),
    );
    expect(rest.nextCursor).toEqual([]);
  });

  test('knows who published and activated a template, though these methods take no request id', async () => {
    const oldest = (await auditRows(manager)).slice(-2);
    const actor = operator.toText();
    expect(oldest.map((row) => ({ ...row, actor: row.actor.toText() }))).toMatchObject([
      { actor, verb: 'activateTemplate', target: 'template 1.0.0', requestId: '', outcome: 'active' },
      { actor, verb: 'publishTemplate', target: 'template 1.0.0', outcome: 'uploading' },
    ]);
  });

  test('has no row for what was refused', async () => {
    const before = await newestAuditRow(manager);
    expect(await setRole(manager, Principal.anonymous(), 'viewer')).toHaveProperty('Err');
    expect(await setRole(manager, alice, 'viewer', { reason: '' })).toHaveProperty('Err');
    expect(await setRole(manager, alice, 'viewer', { requestId: 'é'.repeat(129) })).toHaveProperty('Err');
    expect(await auditRowsAfter(manager, before)).toEqual([]);
    expect(await rolesOf(alice)).toEqual([]);
  });

  test('is not for everybody, and its pages have limits', async () => {
    expect(await manager.as(alice).listAudit([])).toEqual(notAuthorized);
    for (const page of [
      { cursor: ['next'] as [string], limit: [] as [] },
      { cursor: [] as [], limit: [0] as [number] },
      { cursor: [] as [], limit: [101] as [number] },
    ]) {
      expect(await manager.as(operator).listAudit([page])).toHaveProperty('Err.InvalidRequest');
    }
  });
});

describe('a request that is repeated', () => {
  test('with the same id is not done twice; with an id of another request it is refused', async () => {
    const before = await newestAuditRow(manager);
    const [first, second] = [manager.request(), manager.request()];
    ok(await setRole(manager, alice, 'viewer', first));
    ok(await setRole(manager, alice, 'admin', second));
    ok(await setRole(manager, alice, 'viewer', first));
    expect(await rolesOf(alice)).toEqual([`${alice.toText()} admin`]);
    const conflict = { Err: { InvalidRequest: { field: 'requestId' } } };
    expect(await setRole(manager, alice, 'operator', first)).toMatchObject(conflict);
    expect(await setRole(manager, bob, 'viewer', first)).toMatchObject(conflict);
    expect(await manager.as(operator).pauseQueue(first)).toMatchObject(conflict);
    ok(await manager.as(alice).pauseQueue(first));
    expect(await auditRowsAfter(manager, before)).toHaveLength(3);
    ok(await manager.as(alice).resumeQueue(manager.request()));
  });
});
