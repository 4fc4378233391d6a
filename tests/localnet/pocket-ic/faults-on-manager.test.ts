import type { PocketIcServer } from '@dfinity/pic';
import { Principal } from '@dfinity/principal';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { variantName } from '../../../src/client/index.ts';
import { managementCanisterId } from '../../../src/localnet/index.ts';
import type { FaultAction } from '../../../src/localnet/index.ts';
import { PocketIcExtensions } from '../../../src/localnet/pocket-ic/index.ts';
import { PicManager } from '../../support/pocket-ic-manager.ts';
import { startPocketIc } from '../../support/pocket-ic-server.ts';

const alice = Principal.selfAuthenticating(new Uint8Array([2]));
let server: PocketIcServer;
let manager: PicManager;
let extensions: PocketIcExtensions;
let deployed: number;

beforeAll(async () => {
  server = await startPocketIc();
  manager = await PicManager.create(server.getUrl());
  extensions = PocketIcExtensions.of(server.getUrl(), manager.pic);
  deployed = await extensions.checkpoint();
});

afterEach(async () => {
  await extensions.restore(deployed);
});

afterAll(async () => {
  await manager.pic.tearDown();
  await server.stop();
});

describe('the Manager, driven by the client while calls of its are lost', () => {
  const faults: [string, string, FaultAction][] = [
    ['the reply of an installation', 'install_chunked_code', { kind: 'dropReply' }],
    ['an installation before it was executed', 'install_chunked_code', { kind: 'dropBeforeExecution' }],
    ['the reply of the handover', 'update_settings', { kind: 'dropReply' }],
    ['the reply of a creation', 'create_canister', { kind: 'dropReply' }],
  ];

  test.each(faults)('finds out what became of %s, and provides one Greeter', async (_, method, action) => {
    const rule = await extensions.addFault({ callee: managementCanisterId, method, nth: 1 }, action);
    const { id } = await manager.createGreeter(alice);
    const job = await manager.settle(id);
    expect((await extensions.faults()).find(({ ruleId }) => ruleId === rule)?.matchCount).toBeGreaterThan(0);
    const events = await manager.as(alice).getJobEvents(id, []);
    expect('Ok' in events && events.Ok.events.map(({ kind }) => kind)).toContain('verdict');
    expect(variantName(job.status)).toBe('completed');
    const { greeters } = await manager.as(alice).listMyGreeters([]);
    expect(greeters).toHaveLength(1);
    const [greeterId] = job.greeterId;
    if (greeterId === undefined) throw new Error('The job has no Greeter.');
    expect(await manager.greeter(greeterId, alice).greet('Alice')).toBe('Hello, Alice!');
  });
});
