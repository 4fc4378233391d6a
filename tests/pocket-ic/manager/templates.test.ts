import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Template } from '../../../src/client/generated/manager.ts';
import { maximumTemplates } from '../../../src/manager/limits.ts';
import { operator, sha256 } from '../../support/manager-modules.ts';
import { ok, type PicManager } from '../../support/pocket-ic-manager.ts';
import { managersOfThisFile } from '../../support/pocket-ic-managers.ts';
import { toPic } from '../../support/pocket-ic-types.ts';
import { tinyGreeterModule } from '../../support/tiny-greeter.ts';
import { ChunkStore } from './support/chunk-store.ts';

const createManager = managersOfThisFile();
let manager: PicManager;
let tests = 0;
/** A version and a module that no other test has. */
let version: string;
let module: Uint8Array;

beforeAll(async () => {
  manager = await createManager();
});

beforeEach(() => {
  tests += 1;
  version = `2.0.${tests}`;
  module = tinyGreeterModule(tests);
});

async function template(name = version): Promise<Template | undefined> {
  const templates = await manager.as(operator).listTemplates();
  return templates.find((listed) => listed.version === name);
}

describe('publishing a template', () => {
  test('puts the module into the Manager’s own chunk store, verified by the network’s own hash', async () => {
    const chunks = new ChunkStore(manager);
    const before = await chunks.hashes();
    ok(await manager.publish(version, module));
    expect(await template('1.0.0')).toMatchObject({ state: { available: null }, active: true });
    expect(await template()).toMatchObject({
      state: { available: null },
      active: false,
      moduleHash: sha256(module),
    });
    const hash = Buffer.from(sha256(module)).toString('hex');
    expect(await chunks.hashes()).toEqual([...before, hash].toSorted());
  });

  test('under a hash that is not the module’s fails and can never be activated', async () => {
    ok(await manager.publish(version, module, { moduleHash: sha256(new Uint8Array([7])) }));
    expect(await template()).toMatchObject({
      state: { failed: expect.stringContaining('not the one published') as string },
    });
    expect(await manager.activate(version)).toEqual({ Err: { NotAvailable: { state: 'failed' } } });
  });

  test('twice is harmless, and the same version with another module is a conflict', async () => {
    expect(await manager.publish('1.0.0', manager.template)).toHaveProperty('Ok');
    expect(await manager.publish('1.0.0', module)).toEqual({
      Err: { VersionConflict: { moduleHash: sha256(manager.template) } },
    });
  });

  test.each([
    ['version', '', tinyGreeterModule()],
    ['version', 'v'.repeat(33), tinyGreeterModule()],
    ['module', '2.0.0', new Uint8Array(7)],
    ['module', '2.0.0', new Uint8Array(1_048_577)],
  ])('with a bad %s gets a typed error', async (field, named, bytes) => {
    const { length } = await manager.as(operator).listTemplates();
    expect(await manager.publish(named, bytes)).toMatchObject({ Err: { InvalidRequest: { field } } });
    expect(await manager.as(operator).listTemplates()).toHaveLength(length);
  });

  test('into a full chunk store fails with the network’s own words, and works once there is room', async () => {
    const full = await createManager();
    const chunks = new ChunkStore(full);
    for (let chunk = 0; chunk < 99; chunk += 1) await chunks.upload(new Uint8Array([chunk]));
    ok(await full.publish(version, module));
    const [, failed] = await full.as(operator).listTemplates();
    expect(failed?.state).toEqual({
      failed: expect.stringMatching(/^upload_chunk was rejected with code \d: .*chunk/i) as string,
    });
    await chunks.clear();
    ok(await full.publish(version, module));
    expect(await full.as(operator).listTemplates()).toMatchObject([{}, { state: { available: null } }]);
  });
});

describe('activating a template', () => {
  test('pins new jobs to it, and an older one can be activated again', async () => {
    ok(await manager.publish(version, module));
    ok(await manager.activate(version));
    const alice = manager.newUser();
    const second = await manager.provisionedGreeter(alice);
    ok(await manager.activate('1.0.0'));
    const first = await manager.provisionedGreeter(alice);
    const hashes = [];
    for (const canisterId of [second, first]) {
      const { moduleHash } = await manager.pic.canisterStatus({
        canisterId: toPic(canisterId),
        sender: toPic(alice),
      });
      hashes.push(moduleHash);
    }
    expect(hashes).toEqual([sha256(module), sha256(manager.template)]);
  });

  test('that does not exist is NotFound', async () => {
    expect(await manager.activate('9.9.9')).toEqual({ Err: { NotFound: null } });
  });

  test('a former one is a roll-back: jobs that were accepted meanwhile keep theirs', async () => {
    ok(await manager.publish(version, module));
    ok(await manager.activate(version));
    const [alice, bob] = [manager.newUser(), manager.newUser()];
    const meanwhile = await manager.createGreeter(alice);
    ok(await manager.activate('1.0.0'));
    const afterwards = await manager.createGreeter(bob);
    expect((await manager.settle(meanwhile.id)).templateVersion).toEqual([version]);
    expect((await manager.settle(afterwards.id)).templateVersion).toEqual(['1.0.0']);
    await manager.expectProvisioned(afterwards.id, bob);
    expect([(await template('1.0.0'))?.active, (await template())?.active]).toEqual([true, false]);
  });
});

test('as many templates are kept as the chunk store holds, listed in the order of publication', async () => {
  const many = await createManager();
  // The same module under other names: each version is a template, and its chunk is there already.
  for (let number = 1; number < maximumTemplates; number += 1) {
    const request = { module: many.template, moduleHash: sha256(many.template) };
    ok(await many.as(operator).publishTemplate({ ...request, version: `1.0.${number}` }));
  }
  expect(await many.publish('2.0.0', many.template)).toMatchObject({
    Err: { InvalidRequest: { field: 'version', value: '100 templates' } },
  });
  const listed = await many.as(operator).listTemplates();
  expect(listed.map((row) => row.version)).toEqual(
    Array.from({ length: maximumTemplates }, (_, number) => `1.0.${number}`),
  );
  await many.pic.tick(5);
  ok(await many.activate('1.0.99'));
  const job = await many.settle((await many.createGreeter(many.newUser())).id);
  expect(job.templateVersion).toEqual(['1.0.99']);
});
