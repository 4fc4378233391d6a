import { describe, expect, test } from 'vitest';
import { managementCanisterId } from '../../src/localnet/index.ts';
import type { FaultAction } from '../../src/localnet/index.ts';
import { alice, ManagerFixture, tag } from '../support/manager-fixture.ts';
import type { JobStatus } from '../support/manager-fixture.ts';

const fixture = new ManagerFixture();
const deployed = fixture.network.checkpoint();

/** Provisions with a fault on the first call of `method`; answers the job and whether it was ever reconciling. */
function provisionWith(method: string, action: FaultAction): { job: JobStatus; wasReconciling: boolean } {
  fixture.network.restore(deployed);
  fixture.network.faults.add({ callee: managementCanisterId, method, nth: 1 }, action);
  const { id } = fixture.createGreeter(alice);
  let wasReconciling = false;
  const unhook = fixture.network.faults.beforeStep(() => {
    wasReconciling ||= tag(fixture.job(id).status) === 'reconciling';
  });
  const job = fixture.settle(id);
  unhook();
  // Whatever is still on its way may arrive now; the Greeter must not suffer.
  fixture.network.runFor(3_600_000);
  return { job, wasReconciling };
}

const effects = [
  {
    step: 'install',
    method: 'install_chunked_code',
    appliedEvidence: /^canister_info: module [0-9a-f]{64}$/,
  },
  { step: 'handover', method: 'update_settings', appliedEvidence: /^canister_info: controllers \S+$/ },
];

describe.each(effects)('$step answered with SYS_UNKNOWN', ({ step, method, appliedEvidence }) => {
  test('is found applied by evidence and not done again', () => {
    const { job, wasReconciling } = provisionWith(method, { kind: 'dropReply' });
    const record = job.steps.find(({ name }) => tag(name) === step);
    expect(wasReconciling).toBe(true);
    expect(record?.attempt).toBe(1);
    expect(record?.evidence[0]).toMatch(appliedEvidence);
    fixture.expectProvisioned(job.id, alice);
    expect(fixture.created()).toHaveLength(1);
  });

  test('is found not applied by evidence and done again', () => {
    const { job, wasReconciling } = provisionWith(method, { kind: 'dropBeforeExecution' });
    const record = job.steps.find(({ name }) => tag(name) === step);
    expect(wasReconciling).toBe(true);
    expect(record?.attempt).toBe(2);
    fixture.expectProvisioned(job.id, alice);
    expect(fixture.created()).toHaveLength(1);
  });

  test.each([200, 900, 5_000, 400_000])(
    'and applied %i ms later than the unknown does no harm',
    (milliseconds) => {
      const { job, wasReconciling } = provisionWith(method, { kind: 'applyLater', milliseconds });
      expect(wasReconciling).toBe(true);
      fixture.expectProvisioned(job.id, alice);
      expect(fixture.created()).toHaveLength(1);
    },
  );

  test('and with evidence that cannot be read at first is read again until it can', () => {
    fixture.network.restore(deployed);
    for (const nth of [1, 2, 3]) {
      fixture.network.faults.add(
        { callee: managementCanisterId, method: 'canister_info', nth },
        { kind: 'reject', rejection: { rejectCode: 2, errorCode: 'IC0204', message: 'busy' } },
      );
    }
    fixture.network.faults.add({ callee: managementCanisterId, method, nth: 1 }, { kind: 'dropReply' });
    const { id } = fixture.createGreeter(alice);
    const job = fixture.settle(id);
    expect(job.steps.find(({ name }) => tag(name) === step)?.attempt).toBe(1);
    fixture.expectProvisioned(id, alice);
  });
});

describe('an answer that never reaches the saga', () => {
  test.each(effects)('because the response handler trapped is reconciled at $step', ({ method }) => {
    const { job, wasReconciling } = provisionWith(method, { kind: 'trapCallback', message: 'lost' });
    expect(wasReconciling).toBe(true);
    fixture.expectProvisioned(job.id, alice);
    expect(fixture.created()).toHaveLength(1);
  });
});
