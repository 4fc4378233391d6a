import { IDL } from '@dfinity/candid';
import { beforeEach, describe, expect, test } from 'vitest';
import { managementCanisterId } from '../../src/localnet/index.ts';
import { AuditResult } from '../../src/manager/candid/audit.ts';
import { ActionRequest, ActionResult } from '../../src/manager/candid/job.ts';
import { BulkResult, ListJobsResult } from '../../src/manager/candid/jobs.ts';
import { QueueResult, TemplateResult } from '../../src/manager/candid/operator.ts';
import { RolesResult } from '../../src/manager/candid/roles.ts';
import {
  alice,
  managerWithoutInspection,
  ManagerFixture,
  operator,
  tag,
} from '../support/manager-fixture.ts';
import { newRequestId } from './operators/support.ts';

const fixture = new ManagerFixture({ manager: managerWithoutInspection() });
const { network } = fixture;
const deployed = network.checkpoint();

beforeEach(() => {
  network.restore(deployed);
});

function retry(request: object, sender = operator): unknown {
  const requestId = newRequestId();
  const complete = { jobId: 1n, requestId, reason: 'because', expectedVersion: [], ...request };
  return fixture.update(sender, 'retryJob', [ActionRequest], ActionResult, [complete]);
}

function parkedJob(): bigint {
  const rejection = { rejectCode: 4, errorCode: 'IC0402', message: 'no memory' } as const;
  const match = { callee: managementCanisterId, method: 'install_chunked_code', nth: 1 };
  network.faults.add(match, { kind: 'reject', rejection });
  const { id } = fixture.createGreeter(alice);
  expect(tag(fixture.settle(id).status)).toBe('parked');
  return id;
}

describe('an operator’s retry', () => {
  test('is refused while a call is under way and after the end, naming what is allowed', () => {
    const { id } = fixture.createGreeter(alice);
    const refusedIn = new Set<string>();
    do {
      const result = retry({ jobId: id }) as {
        Err?: { NotAllowedNow?: { status: object; allowed: string[] } };
      };
      const refusal = result.Err?.NotAllowedNow;
      expect(refusal?.allowed).not.toContain('retryJob');
      refusedIn.add(tag((refusal?.status ?? {}) as Record<string, unknown>));
    } while (network.step());
    expect([...refusedIn]).toEqual(['queued', 'running', 'completed']);
    fixture.expectProvisioned(id, alice);
    expect(fixture.created()).toHaveLength(1);
  });

  test('of the job as the operator saw it goes through once; a second look is needed for a second time', () => {
    const id = parkedJob();
    const { version } = fixture.job(id);
    expect(retry({ jobId: id, expectedVersion: [version + 1n] })).toEqual({
      Err: { VersionConflict: { version } },
    });
    expect(tag(retry({ jobId: id, expectedVersion: [version] }) as Record<string, unknown>)).toBe('Ok');
    expect(tag(retry({ jobId: id, expectedVersion: [version] }) as Record<string, unknown>)).toBe('Err');
    fixture.settle(id);
    fixture.expectProvisioned(id, alice);
  });

  test('of a job there is not, or without saying why, changes nothing', () => {
    const id = parkedJob();
    expect(retry({ jobId: 99n })).toEqual({ Err: { NotFound: null } });
    for (const field of ['requestId', 'reason']) {
      for (const text of ['', 'é'.repeat(129)]) {
        expect(retry({ jobId: id, [field]: text })).toMatchObject({ Err: { InvalidRequest: { field } } });
      }
    }
    expect(tag(fixture.job(id).status)).toBe('parked');
  });

  test('twice in a row while the job waits does not start it twice', () => {
    const id = parkedJob();
    for (let time = 0; time < 3; time += 1) retry({ jobId: id });
    const rule = network.faults.add(
      { callee: managementCanisterId, method: 'install_chunked_code', nth: 99 },
      { kind: 'dropReply' },
    );
    fixture.settle(id);
    fixture.expectProvisioned(id, alice);
    expect(network.faults.matchCount(rule)).toBeLessThanOrEqual(1);
  });
});

describe('a method for operators', () => {
  test.each([
    ['retryJob', ActionResult],
    ['publishTemplate', TemplateResult],
    ['activateTemplate', TemplateResult],
    ['resolveStep', ActionResult],
    ['terminateJob', ActionResult],
    ['retryJobs', BulkResult],
    ['cancelJobs', BulkResult],
    ['terminateJobs', BulkResult],
    ['listJobs', ListJobsResult],
    ['pauseQueue', QueueResult],
    ['resumeQueue', QueueResult],
    ['prepareUpgrade', QueueResult],
    ['setRole', RolesResult],
    ['listRoles', RolesResult],
    ['listAudit', AuditResult],
  ] as const)('%s tells others so before it looks at what they send', (method, result) => {
    const arg = new Uint8Array([1, 2, 3]);
    const reply = network.update({ sender: alice, canisterId: fixture.managerId, method, arg });
    expect(IDL.decode([result], reply)).toEqual([{ Err: { NotAuthorized: null } }]);
  });
});
