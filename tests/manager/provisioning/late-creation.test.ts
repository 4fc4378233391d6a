import { describe, expect, test } from 'vitest';
import { alice, tag } from '../../support/manager-fixture.ts';
import { jobEvents, resolveStep } from '../operators/support-jobs.ts';
import type { JobEvent } from '../operators/support-jobs.ts';
import { ok, queueVerb } from '../operators/support.ts';
import { adoptCanister, findOrphans, vacantCanisters } from '../support/pool.ts';
import {
  busy,
  evidenceOf,
  expectAllAccountedFor,
  fault,
  minuteMs,
  settleJobWith,
} from './support-creations.ts';
import { managerAsDeployed } from '../support/manager-as-deployed.ts';

const fixture = managerAsDeployed();

describe('an answer to a creation that comes late', () => {
  test('gives the job its canister, if it has not found it', () => {
    fault(fixture, 'canister_info', busy);
    fault(fixture, 'create_canister', { kind: 'delayReply', milliseconds: 20 * minuteMs }, 1);
    const { id } = fixture.createGreeter(alice);
    const job = fixture.settle(id);
    expect(job.steps[0]?.evidence[0]).toBe('the answer came late');
    fixture.expectProvisioned(id, alice);
    expectAllAccountedFor(fixture);
  });

  test('changes nothing when the job has found the canister already', () => {
    const job = settleJobWith(fixture, { kind: 'delayReply', milliseconds: 60 * minuteMs });
    fixture.expectProvisioned(job.id, alice);
    fixture.network.runFor(120 * minuteMs);
    fixture.expectProvisioned(job.id, alice);
    expectAllAccountedFor(fixture);
  });

  test('finds the canister kept for the job: no orphan, and vacant for nobody else', () => {
    let rule = fault(fixture, 'canister_info', busy);
    fault(fixture, 'create_canister', { kind: 'delayReply', milliseconds: 25 * minuteMs }, 1);
    const { id } = fixture.createGreeter(alice);
    for (const [minutes, status] of [
      [5, 'running'],
      [18, 'reconciling'],
    ] as const) {
      fixture.network.runFor(minutes * minuteMs);
      expect(tag(fixture.job(id).status)).toBe(status);
      const [canisterId] = fixture.created();
      if (!canisterId) throw new Error('no canister');
      expect(evidenceOf(adoptCanister(fixture, canisterId))).toContain(`job ${id} is about to learn of it`);
      fixture.network.faults.remove(rule);
      expect(findOrphans(fixture).orphans).toEqual([]);
      if (status === 'running') rule = fault(fixture, 'canister_info', busy);
    }
    fixture.settle(id);
    fixture.expectProvisioned(id, alice);
    expect(fixture.created()).toHaveLength(1);
    expectAllAccountedFor(fixture);
  });

  test('does not take the canister away from whom it was given to meanwhile', () => {
    const rule = fault(fixture, 'canister_info', busy);
    fault(fixture, 'create_canister', { kind: 'delayReply', milliseconds: 600 * minuteMs }, 1);
    const { id } = fixture.createGreeter(alice);
    expect(fixture.settle(id, 300 * minuteMs).parked[0]?.reason).toBe('evidenceUnreadable');
    fixture.network.faults.remove(rule);
    const [canisterId] = fixture.created();
    if (!canisterId) throw new Error('no canister');
    ok(queueVerb(fixture, 'pauseQueue'));
    // The operator is wrong, and the canister that is there all the same becomes somebody else's.
    ok(resolveStep(fixture, id, 'notApplied'));
    expect(adoptCanister(fixture, canisterId)).toMatchObject({ Ok: { state: { adopted: null } } });
    fixture.network.runFor(600 * minuteMs);
    const { events } = ok<{ events: JobEvent[] }>(jobEvents(fixture, id, { limit: 100 }));
    expect(events.filter(({ text }) => text.includes('canisterTaken'))).toHaveLength(1);
    expect(fixture.job(id).greeterId).toEqual([]);
    expect(vacantCanisters(fixture).map(({ canisterId: vacant }) => vacant.toText())).toEqual([
      canisterId.toText(),
    ]);
    ok(queueVerb(fixture, 'resumeQueue'));
    fixture.settle(id);
    fixture.expectProvisioned(id, alice);
    expect(fixture.created()).toHaveLength(1);
    expectAllAccountedFor(fixture);
  });
});
