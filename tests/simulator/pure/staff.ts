import type { Principal } from '@dfinity/principal';
import { promise } from './broken-promise.ts';
import { operator, staff } from './identities.ts';
import { answerOf } from './manager-client.ts';
import type { ManagerClient, Sender, Variant } from './manager-client.ts';
import { rememberMap } from './remembering.ts';
import type { Remembering } from './remembering.ts';
import type { World } from './world.ts';

/** From least to most: each may do what the ones before it may. */
const roles = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof roles)[number];

/** Methods that members of staff try, with the least role that may call them. */
export const staffMethods = {
  pauseQueue: 'operator',
  resumeQueue: 'operator',
  setConfig: 'admin',
  activateTemplate: 'admin',
} as const satisfies Readonly<Record<string, Role>>;

export type StaffMethod = keyof typeof staffMethods;

/** Somebody is given a role, or loses it. */
export interface Appointment {
  readonly kind: 'appoint';
  readonly member: number;
  /** Absent: none any more. */
  readonly role?: Role;
  /** Who appoints; absent: a controller. */
  readonly by?: number;
}

/** A member of staff tries something. */
export interface StaffAttempt {
  readonly kind: 'attempt';
  readonly member: number;
  readonly method: StaffMethod;
  readonly isFromCanister: boolean;
}

/** Who has which role, and whether the Manager holds to it. Controllers need none. */
export class Staff implements Remembering {
  private readonly roleOf = new Map<string, Role>();

  constructor(
    private readonly world: World,
    private readonly client: ManagerClient,
  ) {}

  remember(): () => void {
    return rememberMap(this.roleOf);
  }

  appoint({ member, role, by }: Appointment): void {
    const appointee = staff(member);
    const sender = { caller: by === undefined ? operator : staff(by), isFromCanister: true };
    const answer = this.checked(sender, 'admin', 'setRole', this.client.setRole(sender, appointee, role));
    if (answer === 'LastAdmin') {
      const admins = [...this.roleOf].filter(([, present]) => present === 'admin').map(([hex]) => hex);
      const isLast = admins.length === 1 && admins[0] === appointee.toHex();
      promise(isLast && by !== undefined, 'only the last admin has to stay', () => `staff ${member}`);
    }
    if (answer !== 'Ok') return;
    if (role === undefined) this.roleOf.delete(appointee.toHex());
    else this.roleOf.set(appointee.toHex(), role);
  }

  attempt({ member, method, isFromCanister }: StaffAttempt): void {
    const sender = { caller: staff(member), isFromCanister };
    this.checked(sender, staffMethods[method], method, this.call(sender, method));
  }

  /** Whether somebody may do what takes a role. */
  may(caller: Principal, required: Role): boolean {
    if (caller.compareTo(operator) === 'eq') return true;
    const role = this.roleOf.get(caller.toHex());
    return role !== undefined && roles.indexOf(role) >= roles.indexOf(required);
  }

  /** What was answered: it must be a refusal if, and only if, the role does not do. @returns the answer's name */
  checked(sender: Sender, required: Role, method: string, result: Variant | undefined): string {
    const answer = answerOf(result);
    this.world.marks.hit(`${method} answered ${answer}`);
    if (answer === 'nothing') return answer;
    const may = this.may(sender.caller, required);
    promise(
      may === (answer !== 'NotAuthorized'),
      'a role decides who may do what',
      () => `${method} by ${sender.caller.toText()}: ${answer}`,
    );
    const role = this.roleOf.get(sender.caller.toHex()) ?? 'nobody';
    if (sender.caller.compareTo(operator) !== 'eq') {
      this.world.marks.hit(`${role}: ${may ? 'allowed' : 'refused'}`);
    }
    return answer;
  }

  private call(sender: Sender, method: StaffMethod): Variant | undefined {
    switch (method) {
      case 'pauseQueue':
      case 'resumeQueue':
        return this.client.control(sender, method);
      case 'setConfig':
        return this.client.configure(sender, { maximumOpenAttempts: [40] });
      case 'activateTemplate':
        return this.client.activate(sender, 'no such template');
    }
  }
}
