import type { Principal } from '@dfinity/principal';
import { beforeAll, describe, expect, test } from 'vitest';
import { managerModule, operator } from '../../../support/manager-modules.ts';
import { ok, type PicManager } from '../../../support/pocket-ic-manager.ts';
import { managersOfThisFile } from '../../../support/pocket-ic-managers.ts';
import { fromPic, toPic } from '../../../support/pocket-ic-types.ts';
import { adoptCanister, findOrphans, idsOf, vacantCanister } from '../support/vacancies.ts';

const createManager = managersOfThisFile();
let manager: PicManager;

beforeAll(async () => {
  manager = await createManager();
});

/** Canisters of other people, whose ids lie between the Manager's. */
async function createForeign(count: number): Promise<Principal[]> {
  const sender = toPic(manager.newUser());
  const ids: Principal[] = [];
  for (let made = 0; made < count; made += 1) {
    ids.push(fromPic(await manager.pic.createCanister({ sender, cycles: 10_000_000_000_000n })));
  }
  return ids;
}

describe('a canister that nobody accounts for', () => {
  test('is not among those that are bound, registered, vacant, or somebody else’s', async () => {
    await createForeign(3);
    await manager.provisionedGreeter(manager.newUser());
    await vacantCanister(manager);
    ok(await manager.configure({ warmCanisters: 2 }));
    await manager.rest();
    ok(await manager.configure({ warmCanisters: 0 }));
    await createForeign(9);
    const scan = await findOrphans(manager);
    expect(scan.orphans).toEqual([]);
    expect(scan.failure).toEqual([]);
    expect(scan.idsRead).toBeGreaterThanOrEqual(12n);
    expect(scan.endedAt).toHaveLength(1);
  });

  test('cannot be adopted when it is somebody else’s, or accounted for', async () => {
    const alice = manager.newUser();
    const { id } = await manager.createGreeter(alice);
    const [greeterId = alice] = (await manager.settle(id)).greeterId;
    const [stranger = alice] = await createForeign(1);
    const vacant = idsOf(await manager.vacant());
    expect(ok(await adoptCanister(manager, stranger)).state).toEqual({ refused: null });
    expect(await adoptCanister(manager, greeterId)).toMatchObject({
      Err: { AccountedFor: { use: 'registered', jobId: [id] } },
    });
    expect(await adoptCanister(manager, manager.newUser())).toMatchObject({
      Err: { InvalidRequest: { field: 'canisterId' } },
    });
    expect(idsOf(await manager.vacant())).toEqual(vacant);
  });

  test('is found also after the Manager was reinstalled and has forgotten everything, and becomes vacant when it is adopted', async () => {
    const forgotten = await vacantCanister(manager);
    const known = idsOf(await manager.vacant());
    const { managerId: canisterId, pic, template } = manager;
    await pic.reinstallCode({ canisterId: toPic(canisterId), wasm: managerModule, sender: toPic(operator) });
    const orphans = idsOf((await findOrphans(manager)).orphans);
    expect(orphans.toSorted()).toEqual(known.toSorted());
    expect(orphans).toContain(forgotten.toText());
    expect(idsOf((await findOrphans(manager, forgotten)).orphans)).toContain(forgotten.toText());
    expect(ok(await adoptCanister(manager, forgotten)).state).toEqual({ adopted: null });
    expect(idsOf((await findOrphans(manager)).orphans)).not.toContain(forgotten.toText());
    expect(idsOf(await manager.vacant())).toEqual([forgotten.toText()]);

    ok(await manager.publish('1.0.0', template));
    ok(await manager.activate('1.0.0'));
    await manager.elapse(60 * 60_000);
    const bob = manager.newUser();
    const { id } = await manager.createGreeter(bob);
    expect(String((await manager.settle(id)).greeterId[0])).toBe(forgotten.toText());
    await manager.expectProvisioned(id, bob);
  });
});
