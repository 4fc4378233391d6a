import { msgCaller } from 'azle';
import { bytesEqual } from '../bytes.ts';
import type { Job } from '../jobs.ts';
import { verbsFor } from '../views/verbs.ts';
import { includesRole, roleOf } from './roles.ts';
import type { Role } from './roles.ts';

/** Somebody who looks at jobs, and in what role. */
export interface Viewer {
  readonly principal: Uint8Array;
  readonly role: Role | undefined;
}

/** Whoever sent this message. Roles are dear to read: ask once, not for each job. */
export function callingViewer(): Viewer {
  const caller = msgCaller();
  return { principal: caller.toUint8Array(), role: roleOf(caller) };
}

/** Whether somebody may see a job: its owner, and who has a role. Nobody else may even learn that it exists. */
export function maySee({ principal, role }: Viewer, { facts: { owner } }: Job): boolean {
  return role !== undefined || bytesEqual(owner, principal);
}

/** What somebody may do about a job now, as the names of methods that would accept it. */
export function verbsOf({ principal, role }: Viewer, job: Job): string[] {
  const verbs = verbsFor(job);
  if (includesRole(role, 'operator')) return verbs;
  return bytesEqual(job.facts.owner, principal) ? verbs.filter((verb) => verb === 'cancelJob') : [];
}
