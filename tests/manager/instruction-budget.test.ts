import { IDL } from '@dfinity/candid';
import { beforeEach, expect, test } from 'vitest';
import { JobFilter, ListJobsResult } from '../../src/manager/candid/jobs.ts';
import { Page } from '../../src/manager/candid/lists.ts';
import {
  alice,
  ManagerFixture,
  managerWithoutInspection,
  operator,
  user,
} from '../support/manager-fixture.ts';
import { bulkVerb, jobVerb, parkedAtInstall } from './operators/support-jobs.ts';
import { ok } from './operators/support.ts';
import type { Bulk } from './operators/support-jobs.ts';

const million = 1_000_000;
const watchdogMs = 300_000;

let steps: { readonly method: string; readonly instructions: number }[] = [];
/** Its queries may be called like updates, which tell what they cost. */
const fixture = new ManagerFixture({
  manager: managerWithoutInspection(),
  onEvent: (event) => {
    if (event.event === 'step' && event.canisterId !== 'aaaaa-aa')
      steps.push({ method: event.method, instructions: Number(event.instructions) });
  },
});
const { network } = fixture;
// What the first job of a life works out for all later ones is no part of what a job costs.
provisionOne(alice);
const warm = network.checkpoint();

beforeEach(() => {
  network.restore(warm);
  steps = [];
});

function provisionOne(owner: typeof alice): void {
  const { id } = fixture.createGreeter(owner);
  fixture.settle(id);
}

/** What the Manager's messages have cost since the test began, or since this was last asked, in millions. */
function spent(): number {
  const sum = steps.reduce((total, { instructions }) => total + instructions, 0);
  steps = [];
  return sum / million;
}

function listParked(limit: number): void {
  const none = { status: ['parked'], owner: [], step: [], parkReason: [], templateVersion: [] };
  const page = [{ cursor: [], limit: [limit] }];
  fixture.update(operator, 'listJobs', [JobFilter, IDL.Opt(Page)], ListJobsResult, [none, page]);
}

test('a job costs at most 62 million instructions in all, and none of its messages more than 11 million', () => {
  provisionOne(user(1));
  expect(Math.max(...steps.map(({ instructions }) => instructions)) / million).toBeLessThan(11);
  // With nothing counted, this would prove nothing.
  expect(steps.length).toBeGreaterThan(10);
  expect(spent()).toBeLessThan(62);
});

test('a request is answered for at most 9.5 million', () => {
  fixture.createGreeter(user(1));
  expect(steps.map(({ method }) => method)).toContain('createGreeter');
  expect(spent()).toBeLessThan(9.5);
});

test('an idle Manager spends less than a million each time it looks whether there is anything to do', () => {
  network.runFor(10 * watchdogMs);
  expect(steps.filter(({ instructions }) => instructions > million / 2)).toHaveLength(10);
  expect(spent() / 10).toBeLessThan(0.85);
});

test('what operators do costs what docs/operations.md says', () => {
  const ids = Array.from({ length: 4 }, (_, index) => parkedAtInstall(fixture, user(index)));
  spent();
  listParked(1);
  const ofOneRow = spent();
  listParked(4);
  expect((spent() - ofOneRow) / 3).toBeLessThan(6);
  jobVerb(fixture, 'retryJob', ids[0] ?? 0n);
  expect(spent()).toBeLessThan(15);
  const { results } = ok<Bulk>(bulkVerb(fixture, 'terminateJobs', { status: 'parked' }));
  expect(results).toHaveLength(3);
  expect(spent() / 3).toBeLessThan(13);
});
