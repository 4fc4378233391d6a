import { IDL } from '@dfinity/candid';
import { beforeEach, describe, expect, test } from 'vitest';
import { managementCanisterId, managementClient } from '../../src/localnet/index.ts';
import { PublishTemplateRequest } from '../../src/manager/candid/operator.ts';
import { maximumTemplates } from '../../src/manager/limits.ts';
import { alice, bob, ManagerFixture, operator, sha256, tag, user } from '../support/manager-fixture.ts';
import { tinyGreeterModule } from '../support/tiny-greeter.ts';
import { bulkVerb } from './operators/support-jobs.ts';
import type { Bulk } from './operators/support-jobs.ts';
import { ok } from './operators/support.ts';

const fixture = new ManagerFixture();
const deployed = fixture.network.checkpoint();

beforeEach(() => {
  fixture.network.restore(deployed);
});

describe('publishing a template', () => {
  test('puts the module into the Manager’s own chunk store, verified by the network’s own hash', () => {
    fixture.publish('2.0.0', tinyGreeterModule(2));
    expect(fixture.templates()).toMatchObject([
      { version: '1.0.0', state: { available: null }, active: true },
      {
        version: '2.0.0',
        state: { available: null },
        active: false,
        moduleHash: sha256(tinyGreeterModule(2)),
      },
    ]);
    expect(fixture.network.canister(fixture.managerId).chunkHashes).toHaveLength(2);
  });

  test('under a hash that is not the module’s fails and can never be activated', () => {
    fixture.publish('2.0.0', tinyGreeterModule(2), sha256(new Uint8Array([7])));
    expect(fixture.templates()).toMatchObject([
      {},
      { state: { failed: expect.stringContaining('not the one published') as string } },
    ]);
    expect(fixture.activate('2.0.0')).toEqual({ Err: { NotAvailable: { state: 'failed' } } });
  });

  test('twice is harmless, and the same version with another module is a conflict', () => {
    expect(tag(fixture.publish('1.0.0', tinyGreeterModule()))).toBe('Ok');
    expect(fixture.publish('1.0.0', tinyGreeterModule(2))).toEqual({
      Err: { VersionConflict: { moduleHash: sha256(tinyGreeterModule()) } },
    });
  });

  test('whose upload was rejected is repeated by publishing again', () => {
    fixture.network.faults.add(
      { callee: managementCanisterId, method: 'upload_chunk', nth: 1 },
      { kind: 'reject', rejection: { rejectCode: 2, errorCode: 'IC0204', message: 'busy' } },
    );
    fixture.publish('2.0.0', tinyGreeterModule(2));
    expect(fixture.templates()).toMatchObject([
      {},
      { state: { failed: expect.stringContaining('busy') as string } },
    ]);
    fixture.publish('2.0.0', tinyGreeterModule(2));
    expect(fixture.templates()).toMatchObject([{}, { state: { available: null } }]);
  });

  test('whose upload was never answered is repeated by publishing again', () => {
    fixture.network.faults.add(
      { callee: managementCanisterId, method: 'upload_chunk', nth: 1 },
      { kind: 'trapCallback', message: 'lost' },
    );
    fixture.publish('2.0.0', tinyGreeterModule(2));
    fixture.network.runFor(3_600_000);
    expect(fixture.templates()).toMatchObject([{}, { state: { uploading: null } }]);
    fixture.publish('2.0.0', tinyGreeterModule(2));
    expect(fixture.templates()).toMatchObject([{}, { state: { available: null } }]);
  });

  test('again while the first upload is on its way is harmless, whichever fails', () => {
    const rejection = { rejectCode: 2, errorCode: 'IC0204', message: 'busy' } as const;
    for (const nth of [1, 2]) {
      fixture.network.restore(deployed);
      const { faults } = fixture.network;
      faults.add(
        { callee: managementCanisterId, method: 'upload_chunk', nth },
        { kind: 'reject', rejection },
      );
      const arg = IDL.encode(
        [PublishTemplateRequest],
        [{ version: '2.0.0', module: tinyGreeterModule(2), moduleHash: sha256(tinyGreeterModule(2)) }],
      );
      const call = { sender: operator, canisterId: fixture.managerId, method: 'publishTemplate', arg };
      fixture.network.submitUpdate(call);
      fixture.network.submitUpdate(call);
      fixture.network.run();
      expect(fixture.templates()).toMatchObject([{}, { state: { available: null } }]);
    }
  });

  test('again brings a chunk back that was cleared from the store, for the jobs that miss it', () => {
    const management = managementClient(fixture.network, operator);
    management.clearChunkStore(fixture.managerId);
    const { id } = fixture.createGreeter(alice);
    expect(tag(fixture.settle(id).status)).toBe('parked');
    fixture.publish('1.0.0', fixture.template);
    expect(fixture.templates()).toMatchObject([{ state: { available: null }, active: true }]);
    fixture.retry(id);
    fixture.settle(id);
    fixture.expectProvisioned(id, alice);
  });

  test('into a full chunk store fails with the network’s own words, and works once there is room', () => {
    const management = managementClient(fixture.network, operator);
    for (let chunk = 0; chunk < 99; chunk += 1) {
      management.uploadChunk(fixture.managerId, new Uint8Array([chunk]));
    }
    fixture.publish('2.0.0', tinyGreeterModule(2));
    const [, full] = fixture.templates() as { state: { failed?: string } }[];
    expect(full?.state.failed).toMatch(/^upload_chunk was rejected with code \d: .*chunk/i);
    management.clearChunkStore(fixture.managerId);
    fixture.publish('2.0.0', tinyGreeterModule(2));
    expect(fixture.templates()).toMatchObject([{}, { state: { available: null } }]);
  });

  test.each([
    ['version', '', tinyGreeterModule(2)],
    ['version', 'v'.repeat(33), tinyGreeterModule(2)],
    ['module', '2.0.0', new Uint8Array(7)],
    ['module', '2.0.0', new Uint8Array(1_048_577)],
  ])('with a bad %s gets a typed error', (field, version, module) => {
    expect(fixture.publish(version, module)).toMatchObject({ Err: { InvalidRequest: { field } } });
    expect(fixture.templates()).toHaveLength(1);
  });
});

describe('activating a template', () => {
  test('pins new jobs to it, and an older one can be activated again', () => {
    fixture.publish('2.0.0', tinyGreeterModule(2));
    fixture.activate('2.0.0');
    const second = fixture.settle(fixture.createGreeter(alice).id);
    fixture.activate('1.0.0');
    const first = fixture.settle(fixture.createGreeter(alice).id);
    const hashes = [second, first].map(
      ({ greeterId: [id] }) => id && fixture.network.canister(id).moduleHash,
    );
    expect(hashes).toEqual([sha256(tinyGreeterModule(2)), sha256(tinyGreeterModule())]);
  });

  test('that does not exist is NotFound', () => {
    expect(fixture.activate('9.9.9')).toEqual({ Err: { NotFound: null } });
  });

  test('a former one is a roll-back: jobs that were accepted meanwhile keep theirs', () => {
    fixture.publish('2.0.0', tinyGreeterModule(2));
    fixture.activate('2.0.0');
    const meanwhile = fixture.createGreeter(alice);
    fixture.activate('1.0.0');
    const afterwards = fixture.createGreeter(bob);
    const versions = [meanwhile, afterwards].map(({ id }) => fixture.settle(id).templateVersion[0]);
    expect(versions).toEqual(['2.0.0', '1.0.0']);
    fixture.expectProvisioned(afterwards.id, bob);
    expect(fixture.templates()).toMatchObject([{ active: true }, { active: false }]);
  });

  test('a good one and one retry of all heal every job that a bad one parked, in the canisters they already have', () => {
    fixture.publish('bad', new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0xff, 0xff]));
    fixture.activate('bad');
    const owners = [alice, bob, user(1), user(2), user(3)];
    const ids = owners.map((owner) => fixture.createGreeter(owner).id);
    for (const id of ids) {
      const parked = fixture.settle(id);
      expect(parked.parked[0]?.reason).toBe('templateRejected');
      expect(parked.lastError[0]?.message).toContain('IC0505');
      // Few attempts: a module that was refused is refused again.
      expect(parked.steps[1]?.attempt).toBeLessThan(5);
    }
    fixture.activate('1.0.0');
    const { results } = ok<Bulk>(bulkVerb(fixture, 'retryJobs', { parkReason: 'templateRejected' }));
    expect(results.map(({ jobId }) => jobId).toSorted()).toEqual(ids);
    for (const [index, id] of ids.entries()) {
      fixture.settle(id);
      fixture.expectProvisioned(id, owners[index] ?? alice);
    }
    expect(fixture.created()).toHaveLength(owners.length);
  });
});

test('as many templates are kept as the chunk store holds, listed in the order of publication', () => {
  const module = fixture.template;
  // The same module under other names: each version is a template, and its chunk is there already.
  for (let number = 1; number < maximumTemplates; number += 1) fixture.publish(`1.0.${number}`, module);
  expect(fixture.publish('2.0.0', module)).toMatchObject({
    Err: { InvalidRequest: { field: 'version', value: '100 templates' } },
  });
  const listed = fixture.templates() as { version: string; state: object }[];
  expect(listed.map(({ version }) => version)).toEqual(
    Array.from({ length: maximumTemplates }, (_, number) => `1.0.${number}`),
  );
  expect(tag(fixture.activate('1.0.99') as never)).toBe('Ok');
  const { id } = fixture.createGreeter(alice);
  expect(fixture.settle(id).templateVersion).toEqual(['1.0.99']);
});
