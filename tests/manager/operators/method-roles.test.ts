import { readFileSync } from 'node:fs';
import type { Principal } from '@dfinity/principal';
import { describe, expect, test } from 'vitest';
import { CallRejectedError } from '../../../src/localnet/index.ts';
import { managerWithoutInspection, ManagerFixture, user } from '../../support/manager-fixture.ts';
import { ok, setRole } from './support.ts';

type Role = 'viewer' | 'operator' | 'admin';

const roles: readonly Role[] = ['viewer', 'operator', 'admin'];
const holders: Readonly<Record<Role, Principal>> = { viewer: user(1), operator: user(2), admin: user(3) };

/** What manager.did says about each method for operators: the least role that may call it, and whether it is a query. */
function documentedMethods(): { method: string; role: Role; isQuery: boolean }[] {
  const service = readFileSync('src/manager/manager.did', 'utf8').split('\nservice : {')[1] ?? '';
  const lines = service.slice(service.indexOf('// Operators only')).split('\n');
  const methods: { method: string; role: Role; isQuery: boolean }[] = [];
  let role: Role | undefined;
  for (const line of lines) {
    role = (/^ {2}\/\/ (viewer|operator|admin):/.exec(line)?.[1] as Role | undefined) ?? role;
    const method = /^ {2}(\w+) :/.exec(line)?.[1];
    if (method && role) methods.push({ method, role, isQuery: line.endsWith(' query;') });
  }
  return methods;
}

/** Whether somebody gets as far as their argument, which is none that anything could be done with. */
function mayCall(fixture: ManagerFixture, sender: Principal, method: string, isQuery: boolean): boolean {
  const call = { sender, canisterId: fixture.managerId, method, arg: new Uint8Array([1]) };
  try {
    if (isQuery) fixture.network.query(call);
    else fixture.network.update(call);
    return false;
  } catch (error) {
    if (!(error instanceof CallRejectedError)) throw error;
    return error.rejectMessage.startsWith('InvalidRequest: argument');
  }
}

describe.each([
  ['the inspection of ingress messages', new ManagerFixture()],
  ['the method itself', new ManagerFixture({ manager: managerWithoutInspection() })],
])('as manager.did says, %s', (_, fixture) => {
  for (const role of roles) ok(setRole(fixture, holders[role], role));

  test.each(documentedMethods())(
    'lets nobody call $method who is less than $role',
    ({ method, role, isQuery }) => {
      const admitted = roles.filter((held) => mayCall(fixture, holders[held], method, isQuery));
      expect(admitted).toEqual(roles.slice(roles.indexOf(role)));
      expect(mayCall(fixture, user(4), method, isQuery)).toBe(false);
    },
  );
});

test('manager.did says it about every method for operators', () => {
  expect(documentedMethods().length).toBeGreaterThan(20);
});
