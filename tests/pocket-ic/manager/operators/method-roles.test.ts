import { readFileSync } from 'node:fs';
import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';
import { beforeAll, describe, expect, test } from 'vitest';
import { managerWithoutInspection } from '../../../support/manager-modules.ts';
import { ok, type PicManager } from '../../../support/pocket-ic-manager.ts';
import { managersOfThisFile } from '../../../support/pocket-ic-managers.ts';
import { toPic } from '../../../support/pocket-ic-types.ts';
import { type RoleName, setRole } from '../support/operators.ts';

const roles: readonly RoleName[] = ['viewer', 'operator', 'admin'];
const stranger = Principal.selfAuthenticating(new Uint8Array([3]));
const createManager = managersOfThisFile();
let guarded: PicManager;
/** Behind the inspection of ingress messages. */
let open: PicManager;
const holders = {} as Record<RoleName, Principal>;

beforeAll(async () => {
  guarded = await createManager({ activate: false });
  open = await createManager({ manager: managerWithoutInspection(), activate: false });
  for (const role of roles) {
    holders[role] = guarded.newUser();
    for (const manager of [guarded, open]) ok(await setRole(manager, holders[role], role));
  }
});

/** What manager.did says about each method for operators: the least role that may call it, and whether it is a query. */
function documentedMethods(): { method: string; role: RoleName; isQuery: boolean }[] {
  const service = readFileSync('src/manager/manager.did', 'utf8').split('\nservice : {')[1] ?? '';
  const lines = service.slice(service.indexOf('// Operators only')).split('\n');
  const methods: { method: string; role: RoleName; isQuery: boolean }[] = [];
  let role: RoleName | undefined;
  for (const line of lines) {
    role = (/^ {2}\/\/ (viewer|operator|admin):/.exec(line)?.[1] as RoleName | undefined) ?? role;
    const method = /^ {2}(\w+) :/.exec(line)?.[1];
    if (method && role) methods.push({ method, role, isQuery: line.endsWith(' query;') });
  }
  return methods;
}

describe.each([
  ['the inspection of ingress messages', () => guarded],
  ['the method itself', () => open],
])('as manager.did says, %s', (_, managerOf) => {
  /** Whether somebody gets as far as their argument, which is none that anything could be done with. */
  async function mayCall(sender: Principal, method: string, isQuery: boolean): Promise<boolean> {
    const { pic, managerId } = managerOf();
    const call = { sender: toPic(sender), canisterId: toPic(managerId), method, arg: new Uint8Array([1]) };
    const answer = isQuery ? pic.queryCall(call) : pic.updateCall(call);
    return answer.then(
      () => false,
      (error: unknown) => String(error).includes('InvalidRequest: argument'),
    );
  }

  test.each(documentedMethods())(
    'lets nobody call $method who is less than $role',
    async ({ method, role, isQuery }) => {
      const admitted: RoleName[] = [];
      for (const held of roles) if (await mayCall(holders[held], method, isQuery)) admitted.push(held);
      expect(admitted).toEqual(roles.slice(roles.indexOf(role)));
      expect(await mayCall(stranger, method, isQuery)).toBe(false);
    },
  );
});

describe('a method for operators', () => {
  const NotAuthorized = IDL.Variant({ Err: IDL.Variant({ NotAuthorized: IDL.Null }) });

  test.each(documentedMethods())(
    '$method tells others so before it looks at what they send',
    async ({ method, isQuery }) => {
      const { pic, managerId } = open;
      const call = {
        sender: toPic(stranger),
        canisterId: toPic(managerId),
        method,
        arg: new Uint8Array([1, 2, 3]),
      };
      const reply = await (isQuery ? pic.queryCall(call) : pic.updateCall(call));
      expect(IDL.decode([NotAuthorized], reply)).toEqual([{ Err: { NotAuthorized: null } }]);
    },
  );
});

test('manager.did says it about every method for operators', () => {
  expect(documentedMethods().length).toBeGreaterThan(20);
});
