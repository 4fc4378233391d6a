import { isController, msgCaller } from 'azle';
import { Principal } from '@dfinity/principal';
import { bytesEqual, principalText } from '../bytes.ts';
import { nanosFromMs, nowMs } from '../clock.ts';
import { InvalidInputError } from '../endpoint/invalid-input-error.ts';
import { orInvalidRequest } from '../endpoint/or-invalid-request.ts';
import { maximumAppointments } from '../limits.ts';
import type { Optional } from '../views/optional.ts';
import { audited, requireRequest, wasDoneBefore } from './audited.ts';
import { appointments, writeAppointment } from './roles.ts';
import type { Appointment, Role } from './roles.ts';

/** Candid's `SetRoleRequest`. */
export interface SetRoleRequest {
  readonly appointee: Principal;
  readonly role: Optional<Readonly<Partial<Record<Role, null>>>>;
  readonly requestId: string;
  readonly reason: string;
}

/**
 * Gives somebody a role in place of the one they have, or takes it away.
 *
 * @returns the value of Candid's `RolesResult`: everybody who has a role now
 */
export function setRole(request: SetRoleRequest): object {
  return orInvalidRequest(() => {
    requireRequest(request);
    const appointee = request.appointee.toUint8Array();
    const [tagged] = request.role;
    const role = tagged && (Object.keys(tagged)[0] as Role);
    requireAppointable(request.appointee, role);
    const action = {
      verb: 'setRole',
      target: request.appointee.toText(),
      details: role ?? 'no role',
      requestId: request.requestId,
      reason: request.reason,
    };
    if (wasDoneBefore(action)) return listRoles();
    if (role !== 'admin' && isLastAdmin(appointee) && !isController(msgCaller()))
      return { Err: { LastAdmin: null } };
    audited(action, () => {
      const appointedBy = msgCaller().toUint8Array();
      writeAppointment(appointee, role && { role, appointedBy, sinceMs: nowMs() });
      return { outcome: `${principalText(appointee)} has ${role ?? 'no role'}`, result: undefined };
    });
    return listRoles();
  });
}

/** Everybody who was given a role: the value of Candid's `RolesResult`. */
export function listRoles(): object {
  return { Ok: appointments().map(appointmentView) };
}

function requireAppointable(appointee: Principal, role: Role | undefined): void {
  if (role === undefined) return;
  if (appointee.isAnonymous()) {
    throw new InvalidInputError(
      'appointee',
      'must be somebody: anybody can be anonymous',
      appointee.toText(),
    );
  }
  const others = appointments().filter(({ principal }) => !bytesEqual(principal, appointee.toUint8Array()));
  if (others.length >= maximumAppointments) {
    const rule = `must be one of the ${maximumAppointments} there are: take a role away first`;
    throw new InvalidInputError('appointee', rule, appointee.toText());
  }
}

/** Without controllers, a Manager whose last admin has gone could never be given another one. */
function isLastAdmin(principal: Uint8Array): boolean {
  const admins = appointments().filter(({ role }) => role === 'admin');
  return admins.length === 1 && admins.some((admin) => bytesEqual(admin.principal, principal));
}

function appointmentView({ principal, role, appointedBy, sinceMs }: Appointment): object {
  return {
    appointee: Principal.fromUint8Array(principal),
    role: { [role]: null },
    appointedBy: Principal.fromUint8Array(appointedBy),
    since: nanosFromMs(sinceMs),
  };
}
