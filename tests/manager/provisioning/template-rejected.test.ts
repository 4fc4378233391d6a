import { beforeEach, describe, expect, test } from 'vitest';
import { managementCanisterId } from '../../../src/localnet/index.ts';
import { blamesTemplate } from '../../../src/manager/provisioning/template-rejected.ts';
import { alice, bob, ManagerFixture, operator, sha256, tag } from '../../support/manager-fixture.ts';
import { management } from '../support/pool.ts';

/** A module whose `canister_init` is `unreachable`. */
const trappingModule = new Uint8Array([
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x01, 0x04, 0x01, 0x60, 0x00, 0x00],
  ...[0x03, 0x02, 0x01, 0x00],
  ...[0x07, 0x11, 0x01, 0x0d, ...Buffer.from('canister_init'), 0x00, 0x00],
  ...[0x0a, 0x05, 0x01, 0x03, 0x00, 0x00, 0x0b],
]);

const badTemplates = [
  { what: 'that is not Wasm', module: new Uint8Array(Buffer.from('not a module at all')) },
  { what: 'whose init traps', module: trappingModule },
];

const fixture = new ManagerFixture();
const deployed = fixture.network.checkpoint();

describe.each(badTemplates)('a template $what', ({ module }) => {
  beforeEach(() => {
    fixture.network.restore(deployed);
    fixture.publish('2.0.0', module);
    fixture.activate('2.0.0');
  });

  test('parks the job after three attempts, naming the template as the reason', () => {
    const rule = fixture.network.faults.add(
      { callee: managementCanisterId, method: 'install_chunked_code' },
      { kind: 'delay', milliseconds: 1 },
    );
    const { id } = fixture.createGreeter(alice);
    const parked = fixture.settle(id);
    expect(parked.parked[0]?.reason).toBe('templateRejected');
    expect(parked.lastError[0]?.code).toBe('templateRejected');
    expect(fixture.network.faults.matchCount(rule)).toBe(3);
  });

  test('is healed for every job by activating a good one and retrying', () => {
    const jobs = [
      { id: fixture.createGreeter(alice).id, owner: alice },
      { id: fixture.createGreeter(bob).id, owner: bob },
    ];
    for (const { id } of jobs) fixture.settle(id);
    fixture.activate('1.0.0');
    for (const { id, owner } of jobs) {
      expect(tag(fixture.retry(id))).toBe('Ok');
      fixture.settle(id);
      fixture.expectProvisioned(id, owner);
    }
    expect(fixture.created()).toHaveLength(2);
  });
});

test('a template whose chunk was taken from the store is rejected, and published again it heals', () => {
  fixture.network.restore(deployed);
  const chunk = fixture.network.canister(fixture.managerId).chunkHashes;
  expect(chunk).toEqual([Buffer.from(sha256(fixture.template)).toString('hex')]);
  management(fixture, operator).clearChunkStore(fixture.managerId);
  const { id } = fixture.createGreeter(alice);
  expect(fixture.settle(id).parked[0]?.reason).toBe('templateRejected');
  fixture.publish('1.0.0', fixture.template);
  fixture.retry(id);
  fixture.settle(id);
  fixture.expectProvisioned(id, alice);
});

test.each([
  [5, 'IC0505: Error from Canister x: Canister’s Wasm module is not valid', true],
  [5, 'IC0503: Error from Canister x: Canister called `ic0.trap` with message: y', true],
  [5, 'IC0522: Error from Canister x: Canister exceeded the limit', true],
  [5, 'IC0514: Canister x cannot be installed because the canister is not empty.', false],
  [5, 'IC0512: Only the controllers of the canister x can control it.', false],
  [2, 'IC0209: Canister x is rate limited', false],
  [4, 'IC0402: Insufficient memory allocation', false],
])('reject code %i "%s" blames the template: %s', (code, message, expected) => {
  expect(blamesTemplate({ kind: 'reject', code, message, cyclesRefunded: 0n })).toBe(expected);
});
