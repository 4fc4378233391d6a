import { expect, test } from 'vitest';
import { managementCanisterId } from '../../src/localnet/index.ts';
import { alice, ManagerFixture } from '../support/manager-fixture.ts';

test('lists end a page early rather than be too dear, and show every job all the same', () => {
  const fixture = new ManagerFixture();
  for (const method of ['create_canister', 'install_chunked_code', 'update_settings']) {
    const message = '€'.repeat(2_000);
    for (let nth = 1; nth < 80; nth += 2) {
      const rejection = { rejectCode: 2, errorCode: 'IC0204', message } as const;
      fixture.network.faults.add(
        { callee: managementCanisterId, method, nth },
        { kind: 'reject', rejection },
      );
    }
  }
  for (let index = 0; index < 40; index += 1) {
    fixture.createGreeter(alice);
    fixture.network.runFor(10_000);
  }
  const { jobs, nextCursor } = fixture.myJobs(alice, { limit: 100 });
  expect(jobs.length).toBeLessThan(40);
  expect(jobs.length).toBeGreaterThan(10);
  const [cursor = ''] = nextCursor;
  expect(cursor).toBe(jobs.length.toString());
  const rest = fixture.myJobs(alice, { limit: 100, cursor }).jobs;
  expect([...jobs, ...rest].map(({ id }) => id)).toEqual(
    Array.from({ length: 40 }, (_, index) => BigInt(index + 1)),
  );
});
