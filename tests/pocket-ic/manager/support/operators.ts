import type { Principal } from '@dfinity/principal';
import type { AuditRow, JobFilter, RolesResult } from '../../../../src/client/generated/manager.ts';
import { operator } from '../../../support/manager-modules.ts';
import { ok, optional, type PicManager } from '../../../support/pocket-ic-manager.ts';

export type RoleName = 'viewer' | 'operator' | 'admin';

const roles = { viewer: { viewer: null }, operator: { operator: null }, admin: { admin: null } } as const;

/** @param role undefined: none any more */
export async function setRole(
  manager: PicManager,
  appointee: Principal,
  role: RoleName | undefined,
  { sender = operator, ...named }: { sender?: Principal; requestId?: string; reason?: string } = {},
): Promise<RolesResult> {
  const request = { ...manager.request(), ...named, appointee };
  return manager.as(sender).setRole({ ...request, role: role === undefined ? [] : [roles[role]] });
}

/** The newest rows of the audit log, newest first, at most a hundred. */
export async function auditRows(manager: PicManager): Promise<AuditRow[]> {
  return ok(await manager.as(operator).listAudit([{ cursor: [], limit: [100] }])).rows;
}

/** What was done since a row of the log was the newest, newest first. */
export async function auditRowsAfter(manager: PicManager, sequence: bigint): Promise<AuditRow[]> {
  return (await auditRows(manager)).filter((row) => row.sequence > sequence);
}

/** The number of the newest row of the audit log. */
export async function newestAuditRow(manager: PicManager): Promise<bigint> {
  return (await auditRows(manager))[0]?.sequence ?? 0n;
}

export interface Filter {
  readonly status?: string;
  readonly owner?: Principal;
  readonly step?: string;
  readonly parkReason?: string;
  readonly templateVersion?: string;
}

export function jobFilter({ status, owner, step, parkReason, templateVersion }: Filter): JobFilter {
  return {
    status: optional(status),
    owner: optional(owner),
    step: optional(step),
    parkReason: optional(parkReason),
    templateVersion: optional(templateVersion),
  };
}

/**
 * Jobs that are parked at their installation, in the order of their owners: their template is no Wasm. Afterwards the
 * template `1.0.0` is active again, so that a retry heals them.
 *
 * @param version of the bad template, published if it is not yet
 */
export async function parkedJobs(
  manager: PicManager,
  owners: readonly Principal[],
  version = 'bad',
): Promise<bigint[]> {
  ok(await manager.publish(version, new TextEncoder().encode(`no Wasm: ${version}`)));
  ok(await manager.activate(version));
  const ids: bigint[] = [];
  for (const owner of owners) ids.push((await manager.createGreeter(owner)).id);
  ok(await manager.activate('1.0.0'));
  for (const id of ids) {
    const { parked, summary } = await manager.settle(id);
    if (parked[0]?.reason !== 'templateRejected') throw new Error(`Job ${id} is not parked: ${summary}`);
  }
  return ids;
}
