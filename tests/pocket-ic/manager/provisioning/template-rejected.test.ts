import { beforeAll, describe, expect, test } from 'vitest';
import { operator, sha256 } from '../../../support/manager-modules.ts';
import { ok, type PicManager } from '../../../support/pocket-ic-manager.ts';
import { managersOfThisFile } from '../../../support/pocket-ic-managers.ts';
import { ChunkStore } from '../support/chunk-store.ts';
import { jobFilter } from '../support/operators.ts';

/** A module whose `canister_init` is `unreachable`. */
const trappingModule = new Uint8Array([
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x01, 0x04, 0x01, 0x60, 0x00, 0x00],
  ...[0x03, 0x02, 0x01, 0x00],
  ...[0x07, 0x11, 0x01, 0x0d, ...Buffer.from('canister_init'), 0x00, 0x00],
  ...[0x0a, 0x05, 0x01, 0x03, 0x00, 0x00, 0x0b],
]);

const badTemplates = [
  { what: 'that is no Wasm', module: new TextEncoder().encode('not a module at all'), code: 'IC0505' },
  {
    what: 'that is Wasm for eight bytes',
    module: Buffer.from('\0asm\x01\0\0\0\xff\xff', 'latin1'),
    code: 'IC0505',
  },
  { what: 'whose init traps', module: trappingModule, code: 'IC05' },
];

const createManager = managersOfThisFile();
let manager: PicManager;

beforeAll(async () => {
  manager = await createManager();
});

describe.each(badTemplates)('a template $what', ({ what, module, code }) => {
  const version = what.slice(0, 32);

  beforeAll(async () => {
    ok(await manager.publish(version, module));
    ok(await manager.activate(version));
  });

  test('parks its jobs after three attempts, naming itself as the reason; a good one and one retry of all heal them, in the canisters they already have', async () => {
    const jobs: { owner: ReturnType<PicManager['newUser']>; id: bigint }[] = [];
    for (const owner of [manager.newUser(), manager.newUser(), manager.newUser()]) {
      jobs.push({ owner, id: (await manager.createGreeter(owner)).id });
    }
    const canisters: string[] = [];
    for (const { id } of jobs) {
      const { parked, lastError, steps, greeterId } = await manager.settle(id);
      expect(parked[0]?.reason).toBe('templateRejected');
      expect(lastError[0]?.code).toBe('templateRejected');
      expect(lastError[0]?.message).toContain(code);
      // The job's second attempt, after that of the creation, was the first of its installation.
      expect(steps.map(({ attempt }) => attempt)).toEqual([1, 3, 0, 0]);
      canisters.push(String(greeterId[0]));
    }
    ok(await manager.activate('1.0.0'));
    const request = { cursor: [] as [], limit: [] as [], ratePerMinute: [] as [], ...manager.request() };
    const filter = jobFilter({ parkReason: 'templateRejected', templateVersion: version });
    const { results } = ok(await manager.as(operator).retryJobs({ ...request, filter }));
    expect(results.map(({ jobId }) => jobId).toSorted()).toEqual(jobs.map(({ id }) => id));
    for (const { id, owner } of jobs) {
      expect(canisters).toContain(String((await manager.settle(id)).greeterId[0]));
      await manager.expectProvisioned(id, owner);
    }
  });
});

test('a template whose chunk was taken from the store is rejected, and published again it heals', async () => {
  const gone = await createManager();
  const chunks = new ChunkStore(gone);
  expect(await chunks.hashes()).toEqual([Buffer.from(sha256(gone.template)).toString('hex')]);
  await chunks.clear();
  const alice = gone.newUser();
  const { id } = await gone.createGreeter(alice);
  expect((await gone.settle(id)).parked[0]?.reason).toBe('templateRejected');
  ok(await gone.publish('1.0.0', gone.template));
  const templates = await gone.as(operator).listTemplates();
  expect(templates).toMatchObject([{ state: { available: null }, active: true }]);
  ok(await gone.as(operator).retryJob(gone.jobRequest(id)));
  await gone.settle(id);
  await gone.expectProvisioned(id, alice);
});
