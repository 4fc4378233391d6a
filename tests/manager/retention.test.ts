import { IDL } from '@dfinity/candid';
import { beforeEach, describe, expect, test } from 'vitest';
import { managementCanisterId } from '../../src/localnet/index.ts';
import { JobEventsResult } from '../../src/manager/candid/jobs.ts';
import { Page } from '../../src/manager/candid/lists.ts';
import { alice, ManagerFixture, user } from '../support/manager-fixture.ts';
import { buildAuditableManager } from './canisters/build.ts';
import { auditStoredManager } from '../simulator/real/audit.ts';
import { entriesOf, readStableMaps } from '../simulator/real/stable-maps.ts';
import { readStoredManager } from '../simulator/real/stored-manager.ts';

const hourMs = 3_600_000;
const jobs = 12;
const manager = await buildAuditableManager();
const fixture = new ManagerFixture({ manager });
const { network } = fixture;
const bytesAtFirst = storedBytes();
for (let number = 0; number < jobs; number += 1) {
  fixture.settle(fixture.createGreeter(user(number), { idempotencyKey: 'k' }).id);
}
const finished = network.checkpoint();

beforeEach(() => {
  network.restore(finished);
});

/** Bytes of keys and values in the Manager's shared map. */
function storedBytes(): number {
  const entries = entriesOf(readStableMaps(fixture).records);
  return entries.reduce((sum, [key, value]) => sum + key.length + value.length, 0);
}

function events(jobId: bigint): object[] {
  const parameters = [IDL.Nat64, IDL.Opt(Page)];
  const result = fixture.query(user(Number(jobId) - 1), 'getJobEvents', parameters, JobEventsResult, [
    jobId,
    [],
  ]);
  return (result as { Ok: { events: object[] } }).Ok.events;
}

const withoutCycles = (stats: object): object => ({
  ...stats,
  cyclesBalance: undefined,
  cyclesSpent: undefined,
  cyclesSpentToday: undefined,
});

/* What users notice of it is tested in tests/pocket-ic/manager/retention.test.ts. */

describe('the journal of an ended job', () => {
  test('is let go of a few at a time, oldest first, and no job has to wait for it', () => {
    const stats = withoutCycles(fixture.stats());
    fixture.configure({ journalRetentionMs: 0 });
    const { id } = fixture.createGreeter(alice);
    network.run();
    for (let jobId = 1n; jobId <= BigInt(jobs) + 1n; jobId += 1n) {
      if (jobId !== id) expect(events(jobId)).toEqual([]);
    }
    fixture.expectProvisioned(id, alice);
    expect(withoutCycles(fixture.stats())).toMatchObject({
      ...stats,
      completed: jobs + 1,
      greeters: jobs + 1,
    });
    expect(fixture.stats()).toMatchObject({ defects: 0 });
    expect(auditStoredManager(readStoredManager(fixture)).sagas).toHaveLength(jobs + 1);
  });

  test('takes less room the more happened to the job, and what stays is bounded', () => {
    const quiet = Math.round((storedBytes() - bytesAtFirst) / jobs);
    fixture.configure({ journalRetentionMs: hourMs });
    network.runFor(hourMs + 600_000);
    const before = storedBytes();
    const rejection = { rejectCode: 2, errorCode: 'IC0204', message: 'x'.repeat(1_000) } as const;
    for (const method of ['create_canister', 'install_chunked_code', 'update_settings']) {
      for (let nth = 1; nth < 8; nth += 1) {
        network.faults.add({ callee: managementCanisterId, method, nth }, { kind: 'reject', rejection });
      }
    }
    fixture.settle(fixture.createGreeter(alice).id);
    const eventful = storedBytes() - before;
    network.runFor(hourMs + 600_000);
    const compacted = storedBytes() - before;
    process.stdout.write(
      `bytes of a finished job: ${quiet}, with 21 long errors ${eventful}, compacted ${compacted}\n`,
    );
    expect(compacted).toBeLessThan(eventful / 2);
    // Two records, each with the last error of three steps.
    expect(compacted).toBeLessThan(2 * 3 * 600 + quiet);
  });
});
