import { IDL } from '@dfinity/candid';
import type { Principal } from '@dfinity/principal';
import { AuditResult } from '../../../src/manager/candid/audit.ts';
import { Page } from '../../../src/manager/candid/lists.ts';
import { QueueRequest, QueueResult } from '../../../src/manager/candid/operator.ts';
import { RolesResult, SetRoleRequest } from '../../../src/manager/candid/roles.ts';
import { operator, tag } from '../../support/manager-fixture.ts';
import type { ManagerFixture } from '../../support/manager-fixture.ts';

type Variant = Readonly<Record<string, unknown>>;

/** An audit row as it decodes. */
export interface AuditRow {
  readonly sequence: bigint;
  readonly actor: Principal;
  readonly verb: string;
  readonly target: string;
  readonly details: [] | [string];
  readonly requestId: string;
  readonly reason: string;
  readonly outcome: string;
}

/** What `QueueResult` says when it is `Ok`. */
export interface QueueControl {
  readonly paused: [] | [{ readonly reason: string }];
  readonly draining: [] | [object];
  readonly openAttempts: number;
  readonly ready: boolean;
}

let requests = 0;

/** A request id nobody has used yet. */
export function newRequestId(): string {
  requests += 1;
  return `request-${requests}`;
}

/** What is under `Ok`; anything else fails the test, with what was answered. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- names what the caller expects
export function ok<T>(result: Variant): T {
  if (tag(result) !== 'Ok') throw new Error(`not Ok: ${Object.keys(result.Err as object)[0] ?? ''}`);
  return result.Ok as T;
}

export function setRole(
  fixture: ManagerFixture,
  appointee: Principal,
  role: 'viewer' | 'operator' | 'admin' | undefined,
  { sender = operator, requestId = newRequestId(), reason = 'a test' } = {},
): Variant {
  const request = { appointee, role: role ? [{ [role]: null }] : [], requestId, reason };
  return fixture.update(sender, 'setRole', [SetRoleRequest], RolesResult, [request]) as Variant;
}

export function queueVerb(
  fixture: ManagerFixture,
  verb: 'pauseQueue' | 'resumeQueue' | 'prepareUpgrade',
  { sender = operator, requestId = newRequestId(), reason = 'a test' } = {},
): Variant {
  return fixture.update(sender, verb, [QueueRequest], QueueResult, [{ requestId, reason }]) as Variant;
}

/** The audit log, newest first. */
export function auditPage(
  fixture: ManagerFixture,
  page?: { cursor?: string; limit?: number },
): { rows: AuditRow[]; nextCursor: [] | [string] } {
  const value = page
    ? [{ cursor: page.cursor ? [page.cursor] : [], limit: page.limit ? [page.limit] : [] }]
    : [];
  return ok(fixture.query(operator, 'listAudit', [IDL.Opt(Page)], AuditResult, [value]) as Variant);
}

/** The newest rows of the audit log without those about templates, which every fixture begins with. */
export function auditRows(fixture: ManagerFixture): AuditRow[] {
  return auditPage(fixture, { limit: 100 }).rows.filter(({ target }) => !target.startsWith('template'));
}
