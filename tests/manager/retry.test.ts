import { describe, expect, test } from 'vitest';
import { managementCanisterId } from '../../src/localnet/index.ts';
import { alice, tag } from '../support/manager-fixture.ts';
import { jobVerb, parkedAtInstall } from './operators/support-jobs.ts';
import { managerAsDeployed } from './support/manager-as-deployed.ts';

const fixture = managerAsDeployed();
const { network } = fixture;

/* What of it needs no fault is tested in tests/pocket-ic/manager/operators/job-verbs.test.ts. */

describe('an operator’s retry', () => {
  test('is refused while a call is under way and after the end, naming what is allowed', () => {
    const { id } = fixture.createGreeter(alice);
    const refusedIn = new Set<string>();
    do {
      const result = jobVerb(fixture, 'retryJob', id) as {
        Err?: { NotAllowedNow?: { status: object; allowed: string[] } };
      };
      const refusal = result.Err?.NotAllowedNow;
      expect(refusal?.allowed).not.toContain('retryJob');
      refusedIn.add(tag((refusal?.status ?? {}) as Record<string, unknown>));
    } while (network.step());
    expect([...refusedIn]).toEqual(['queued', 'running', 'completed']);
    fixture.expectProvisioned(id, alice);
    expect(fixture.created()).toHaveLength(1);
  });

  test('twice in a row while the job waits does not start it twice', () => {
    const id = parkedAtInstall(fixture, alice);
    for (let time = 0; time < 3; time += 1) jobVerb(fixture, 'retryJob', id);
    const rule = network.faults.add(
      { callee: managementCanisterId, method: 'install_chunked_code', nth: 99 },
      { kind: 'dropReply' },
    );
    fixture.settle(id);
    fixture.expectProvisioned(id, alice);
    expect(network.faults.matchCount(rule)).toBeLessThanOrEqual(1);
  });
});
