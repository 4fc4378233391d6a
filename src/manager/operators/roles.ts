import { isController, msgCaller } from 'azle';
import type { Principal } from '@dfinity/principal';
import { BinaryWriter } from '../../saga/index.ts';
import { bytesEqual } from '../bytes.ts';
import { rolesKey } from '../storage/keys.ts';
import { records } from '../storage/memory.ts';
import { versionedReader } from '../storage/versioned-reader.ts';

const schemaVersion = 1;

/** What operators may do, from least to most; each may do what the ones before it may. Stored by place: append only. */
const roles = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof roles)[number];

/** Somebody who was given a role. Controllers of the Manager are not among them: they are admins by themselves. */
export interface Appointment {
  readonly principal: Uint8Array;
  readonly role: Role;
  readonly appointedBy: Uint8Array;
  readonly sinceMs: number;
}

/** The row as it was last read; see `configuration-store.ts` for why it cannot come apart from the row. */
let known: readonly Appointment[] | undefined;

/** Everybody who was given a role, in the order of appointment. One row, because all are read to find one. */
export function appointments(): readonly Appointment[] {
  known ??= readRow();
  return known;
}

function readRow(): readonly Appointment[] {
  const bytes = records.get(rolesKey());
  if (!bytes) return [];
  const reader = versionedReader('roles', bytes, schemaVersion);
  return Array.from({ length: reader.u32() }, () => ({
    principal: reader.bytes(),
    role: reader.word(roles),
    appointedBy: reader.bytes(),
    sinceMs: reader.timeMs(),
  }));
}

/** Gives somebody a role in place of the one they have, or takes it away. */
export function writeAppointment(
  principal: Uint8Array,
  appointment: Omit<Appointment, 'principal'> | undefined,
): void {
  const others = appointments().filter((present) => !bytesEqual(present.principal, principal));
  const all = appointment ? [...others, { principal, ...appointment }] : others;
  const writer = new BinaryWriter().u8(schemaVersion).u32(all.length);
  for (const { principal: appointee, role, appointedBy, sinceMs } of all) {
    writer.bytes(appointee).u8(roles.indexOf(role)).bytes(appointedBy).timeMs(sinceMs);
  }
  records.set(rolesKey(), writer.finish());
  known = all;
}

/** The role of somebody; controllers are admins without having been appointed. */
export function roleOf(principal: Principal): Role | undefined {
  if (isController(principal)) return 'admin';
  const bytes = principal.toUint8Array();
  return appointments().find((appointment) => bytesEqual(appointment.principal, bytes))?.role;
}

/** Whether `role` may do what `required` may. */
export function includesRole(role: Role | undefined, required: Role): boolean {
  return role !== undefined && roles.indexOf(role) >= roles.indexOf(required);
}

/** Whether the caller of this message has a role, or a higher one. */
export function callerHasRole(required: Role): boolean {
  return includesRole(roleOf(msgCaller()), required);
}
