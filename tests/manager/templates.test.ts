import { beforeEach, describe, expect, test } from 'vitest';
import { managementCanisterId } from '../../src/localnet/index.ts';
import { alice, ManagerFixture, sha256, tag } from '../support/manager-fixture.ts';
import { tinyGreeterModule } from '../support/tiny-greeter.ts';

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

  test('a good one and a retry heal a job that a bad one had parked, in the canister it already has', () => {
    fixture.publish('bad', new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0xff, 0xff]));
    fixture.activate('bad');
    const { id } = fixture.createGreeter(alice);
    const parked = fixture.settle(id);
    expect(parked.parked[0]?.reason).toBe('attemptsExhausted');
    expect(parked.lastError[0]?.message).toContain('IC0505');
    fixture.activate('1.0.0');
    fixture.retry(id);
    fixture.settle(id);
    fixture.expectProvisioned(id, alice);
    expect(fixture.created()).toHaveLength(1);
  });
});
