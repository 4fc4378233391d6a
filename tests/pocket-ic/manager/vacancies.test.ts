import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Principal } from '@dfinity/principal';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Vacant, VacantResult } from '../../../src/client/generated/manager.ts';
import { greeterModule, operator } from '../../support/manager-modules.ts';
import { greeterOf, ok, type PicManager } from '../../support/pocket-ic-manager.ts';
import { managersOfThisFile } from '../../support/pocket-ic-managers.ts';
import {
  adoptCanister,
  CanistersOfManager,
  idsOf,
  vacantCanister,
  vacantRestMs,
} from './support/vacancies.ts';

const minimumCycles = 900_000_000_000n;
const createManager = managersOfThisFile();
let manager: PicManager;
let asManager: CanistersOfManager;

beforeAll(async () => {
  manager = await createManager();
  asManager = new CanistersOfManager(manager);
});

/** Each test begins with one vacant canister that has rested, and ends with none that a job could have. */
async function restedCanister(): Promise<Principal> {
  const canisterId = await vacantCanister(manager);
  await manager.elapse(vacantRestMs);
  return canisterId;
}

async function settledGreeter(owner: Principal): Promise<Principal> {
  const { id } = await manager.createGreeter(owner);
  const job = await manager.settle(id);
  await manager.expectProvisioned(id, owner);
  return greeterOf(job);
}

async function vacancyOf(canisterId: Principal): Promise<Vacant | undefined> {
  return (await manager.vacant()).find((vacancy) => vacancy.canisterId.toText() === canisterId.toText());
}

describe('a vacant canister', () => {
  test('is given to the next job in place of a new one, rests before, and has the cycles that a job needs', async () => {
    const canisterId = await vacantCanister(manager);
    expect(await asManager.status(canisterId)).toMatchObject({ moduleHash: null });
    expect((await asManager.status(canisterId)).cycles).toBeGreaterThan(minimumCycles);
    expect(String(await settledGreeter(manager.newUser()))).not.toBe(canisterId.toText());
    expect(await vacancyOf(canisterId)).toMatchObject({ unfit: [] });
    await manager.elapse(vacantRestMs);

    const before = await manager.cycles();
    expect(String(await settledGreeter(manager.newUser()))).toBe(canisterId.toText());
    expect(await vacancyOf(canisterId)).toBe(undefined);
    // Far less than a creation costs.
    expect(before - (await manager.cycles())).toBeLessThan(100_000_000_000n);
  });

  test('that somebody else controls, too, is never used, and listed as unfit', async () => {
    const canisterId = await restedCanister();
    const alice = manager.newUser();
    await asManager.setControllers(canisterId, [manager.managerId, alice]);
    expect(String(await settledGreeter(alice))).not.toBe(canisterId.toText());
    expect(await vacancyOf(canisterId)).toMatchObject({ unfit: ['wrongControllers'], availableAt: [] });

    // Once it is the Manager's alone again, an operator can have it looked at.
    expect(ok(await adoptCanister(manager, canisterId)).state).toEqual({ refused: null });
    await asManager.setControllers(canisterId, [manager.managerId]);
    expect(ok(await adoptCanister(manager, canisterId)).state).toEqual({ adopted: null });
    await manager.elapse(vacantRestMs);
    expect(String(await settledGreeter(alice))).toBe(canisterId.toText());
  });

  test('that does not exist any more is dropped from the list, and its account says so', async () => {
    const canisterId = await restedCanister();
    await asManager.delete(canisterId);
    await settledGreeter(manager.newUser());
    expect(await vacancyOf(canisterId)).toBe(undefined);
    expect(await adoptCanister(manager, canisterId)).toMatchObject({
      Err: { AccountedFor: { use: 'gone' } },
    });
  });

  test('is given to one job only, however many ask at once', async () => {
    const canisterId = await restedCanister();
    const owners = Array.from({ length: 4 }, () => manager.newUser());
    const jobs: bigint[] = [];
    for (const owner of owners) jobs.push((await manager.createGreeter(owner)).id);
    const greeters: string[] = [];
    for (const [index, id] of jobs.entries()) {
      greeters.push(String(greeterOf(await manager.settle(id))));
      await manager.expectProvisioned(id, owners[index] ?? operator);
    }
    expect(new Set(greeters).size).toBe(4);
    expect(greeters).toContain(canisterId.toText());
  });
});

describe('a vacant canister that was stopped', () => {
  test('is started before a job gets it', async () => {
    const canisterId = await restedCanister();
    await asManager.stop(canisterId);
    expect(String(await settledGreeter(manager.newUser()))).toBe(canisterId.toText());
  });

  test('may be adopted, and is started, emptied and filled when it is given to a job', async () => {
    const canisterId = await restedCanister();
    const alice = manager.newUser();
    await asManager.stop(canisterId);
    await asManager.setControllers(canisterId, [manager.managerId, alice]);
    expect(String(await settledGreeter(alice))).not.toBe(canisterId.toText());
    expect(await vacancyOf(canisterId)).toMatchObject({ unfit: ['wrongControllers'] });
    await asManager.setControllers(canisterId, [manager.managerId]);
    expect(ok(await adoptCanister(manager, canisterId)).state).toEqual({ adopted: null });
    await manager.elapse(vacantRestMs);
    await asManager.install(canisterId, manager.newUser());
    const { vacantMinimumCycles } = ok(await manager.as(operator).getConfig());
    ok(await manager.configure({ vacantMinimumCycles: 2_000_000_000_000n }));
    expect(String(await settledGreeter(alice))).toBe(canisterId.toText());
    ok(await manager.configure({ vacantMinimumCycles }));
  });
});

test('a canister used again greets for its new owner and knows nothing of the former one', async () => {
  const azle = await createManager({ template: greeterModule });
  const former = await vacantCanister(azle, { greeting: 'Secret' });
  await new CanistersOfManager(azle).install(former, azle.newUser());
  await azle.elapse(vacantRestMs);
  const bob = azle.newUser();
  const { id } = await azle.createGreeter(bob);
  const greeterId = greeterOf(await azle.settle(id));
  expect(String(greeterId)).toBe(former.toText());
  await azle.expectProvisioned(id, bob);
  expect((await azle.greeter(greeterId, bob).getOwner()).toText()).toBe(bob.toText());
  expect(await azle.greeter(greeterId, bob).greet('Bob')).toBe('Hello, Bob!');
  // The birth tag named the former job.
  const { settings } = await new CanistersOfManager(azle).status(greeterId, bob);
  expect(settings.environmentVariables).toEqual([]);
});

/** A Manager that expects another reply of `canister_status` than the network gives. */
function managerThatMisreadsStatus(): Uint8Array {
  const module = readFileSync('.canisters/manager/manager.wasm');
  const at = module.lastIndexOf('running:', module.indexOf(',stopping:'));
  expect(at).toBeGreaterThan(0);
  module.write('Running:', at);
  return gzipSync(module, { level: 1 });
}

test('a status that the Manager does not understand empties no pool: the job creates its canister, and operators are told once', async () => {
  const upgraded = await createManager();
  ok(await upgraded.configure({ warmCanisters: 3 }));
  await upgraded.tickUntil(async () => (await upgraded.vacant()).length === 3);
  ok(await upgraded.configure({ warmCanisters: 0 }));
  const before = idsOf(await upgraded.vacant()).toSorted();
  await upgraded.upgrade(managerThatMisreadsStatus());
  const [alice, bob] = [upgraded.newUser(), upgraded.newUser()];
  const { id } = await upgraded.createGreeter(alice);
  expect(before).not.toContain(String(greeterOf(await upgraded.settle(id))));
  await upgraded.expectProvisioned(id, alice);
  expect(idsOf(await upgraded.vacant()).toSorted()).toEqual(before);
  expect(await upgraded.stats()).toMatchObject({
    defects: 1,
    lastDefect: [{ text: expect.stringContaining(`job ${id} could not take the vacant canister`) as string }],
  });
  // An upgrade that understands it finds them all.
  await upgraded.upgrade();
  expect(before).toContain(String(await upgraded.provisionedGreeter(bob)));
});

describe('warm canisters', () => {
  test('are made in advance, so that a job creates none, and belong to nobody’s jobs', async () => {
    const warm = await createManager();
    ok(await warm.configure({ warmCanisters: 3 }));
    await warm.tickUntil(async () => (await warm.vacant()).length === 3);
    const made = await warm.vacant();
    for (const { canisterId, cycles, unfit } of made) {
      expect(unfit).toEqual([]);
      const { cycles: present } = await new CanistersOfManager(warm).status(canisterId);
      // It was looked at when it was made, and burns next to nothing.
      expect(Number(present) / Number(cycles[0])).toBeCloseTo(1, 3);
    }
    const alice = warm.newUser();
    const { id } = await warm.createGreeter(alice);
    expect(idsOf(made)).toContain(String(greeterOf(await warm.settle(id))));
    await warm.expectProvisioned(id, alice);
    // The one that was taken is replaced.
    await warm.elapse(vacantRestMs);
    expect(await warm.vacant()).toHaveLength(3);
    expect((await warm.as(operator).listMyJobs([])).jobs).toEqual([]);
    expect((await warm.as(alice).listMyJobs([])).jobs).toHaveLength(1);
  });

  test('are listed in pages that show each once', async () => {
    const many = await createManager();
    ok(await many.configure({ warmCanisters: 12 }));
    await many.tickUntil(async () => (await many.vacant()).length === 12);
    const shown: string[] = [];
    let cursor: [] | [string] = [];
    do {
      const page: VacantResult = await many.as(operator).listVacant([{ cursor, limit: [5] }]);
      const { vacant, nextCursor } = ok(page);
      expect(vacant.length).toBeLessThanOrEqual(5);
      shown.push(...idsOf(vacant));
      cursor = nextCursor;
    } while (cursor.length > 0);
    expect(shown).toHaveLength(12);
    expect(new Set(shown).size).toBe(12);
  });
});
