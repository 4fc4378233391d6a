import { describe, expect, test } from 'vitest';
import { alice, tag } from '../../support/manager-fixture.ts';
import type { JobStatus } from '../../support/manager-fixture.ts';
import { auditRows, ok } from './support.ts';
import { jobVerb, parkedUnknown, resolveStep } from './support-jobs.ts';
import type { OperatedJob } from './support-jobs.ts';
import { managerAsDeployed } from '../support/manager-as-deployed.ts';

const fixture = managerAsDeployed();
const { network } = fixture;

/* What needs no fault and no moment between two messages is tested in tests/pocket-ic/manager/operators. */

function job(id: bigint): OperatedJob {
  return fixture.job(id) as OperatedJob;
}

function verbsDone(): string[] {
  return auditRows(fixture).map(
    ({ verb, target, outcome }) => `${verb} ${target}: ${outcome.split(' ')[0] ?? ''}`,
  );
}

describe('cancelling', () => {
  test('at any moment before the handover ends in compensated, from then on it is too late and the job completes', () => {
    const { id } = fixture.createGreeter(alice);
    const ends = new Map<string, Set<string>>();
    for (let present = network.checkpoint(), more = true; more; present = network.checkpoint()) {
      const handover = tag(job(id).steps[2]?.state ?? {});
      const result = jobVerb(fixture, 'cancelJob', id, { sender: alice });
      const answer = tag(result) === 'Ok' ? 'Ok' : tag(result.Err as never);
      const settled = fixture.settle(id);
      const end = `${answer}, ${tag(settled.status)}`;
      ends.set(handover, (ends.get(handover) ?? new Set()).add(end));
      expect(fixture.stats()).toMatchObject({ openAttempts: 0, defects: 0 });
      network.checkCycles();
      network.restore(present);
      more = network.run(1) === 1;
    }
    expect(Object.fromEntries([...ends].map(([state, seen]) => [state, [...seen]]))).toEqual({
      pending: ['Ok, compensated'],
      inFlight: ['TooLate, completed'],
      succeeded: ['TooLate, completed'],
    });
  });

  test('is noted at once, shown, and done once, however often it is asked for', () => {
    const { id } = fixture.createGreeter(alice);
    while (tag(job(id).steps[1]?.state ?? {}) !== 'inFlight') network.step();
    expect(job(id).cancelRequestedAt).toEqual([]);
    const first = ok<OperatedJob>(jobVerb(fixture, 'cancelJob', id, { sender: alice }));
    expect(first.cancelRequestedAt).toHaveLength(1);
    expect(tag(first.status)).toBe('running');
    for (let time = 0; time < 3; time += 1) {
      const again = ok<OperatedJob>(jobVerb(fixture, 'cancelJob', id, { sender: alice }));
      expect(again.version).toBe(first.version);
    }
    fixture.settle(id);
    expect(ok<JobStatus>(jobVerb(fixture, 'cancelJob', id)).status).toEqual({ compensated: null });
    expect(verbsDone()).toEqual(['cancelJob job 1: running']);
  });
});

describe('what somebody may do now', () => {
  test('is exactly what is accepted, from the first message of a job to its last', () => {
    const { id } = fixture.createGreeter(alice);
    const verbs = ['retryJob', 'cancelJob', 'terminateJob'] as const;
    for (let present = network.checkpoint(), more = true; more; present = network.checkpoint()) {
      const offered = job(id).actions[0] ?? [];
      for (const verb of verbs) {
        const { version } = job(id);
        const accepted = tag(jobVerb(fixture, verb, id, { expectedVersion: version })) === 'Ok';
        expect([verb, accepted]).toEqual([verb, offered.includes(verb)]);
        network.restore(present);
      }
      more = network.run(2) === 2;
    }
  });
});

describe('resolving a step that nobody could find out about', () => {
  test('as applied lets the job go on from there', () => {
    const id = parkedUnknown(fixture, alice, 'update_settings', true);
    expect(job(id).actions[0]).toContain('resolveStep');
    const evidence = 'the owner greeted me from it';
    const resolved = ok<JobStatus>(resolveStep(fixture, id, 'applied', { evidence }));
    expect(resolved.steps[2]).toMatchObject({ state: { succeeded: null }, evidence: [evidence] });
    fixture.settle(id);
    fixture.expectProvisioned(id, alice);
    expect(auditRows(fixture)[0]).toMatchObject({
      verb: 'resolveStep',
      details: [`applied: ${evidence}`],
    });
  });

  test('as not applied lets the job do it again', () => {
    const id = parkedUnknown(fixture, alice, 'update_settings', false);
    ok(resolveStep(fixture, id, 'notApplied'));
    fixture.settle(id);
    fixture.expectProvisioned(id, alice);
  });

  test('as an applied creation is refused: which canister is it? As not applied, another one is made', () => {
    const id = parkedUnknown(fixture, alice, 'create_canister', false);
    expect(resolveStep(fixture, id, 'applied')).toMatchObject({
      Err: { InvalidRequest: { field: 'finding', rule: expect.stringContaining('adoptCanister') as string } },
    });
    ok(resolveStep(fixture, id, 'notApplied'));
    fixture.settle(id);
    fixture.expectProvisioned(id, alice);
    expect(fixture.created()).toHaveLength(1);
  });

  test('needs evidence, and the same request with another finding is another request', () => {
    const id = parkedUnknown(fixture, alice, 'update_settings', true);
    for (const evidence of ['', 'é'.repeat(129)]) {
      expect(resolveStep(fixture, id, 'applied', { evidence })).toMatchObject({
        Err: { InvalidRequest: { field: 'evidence' } },
      });
    }
    ok(resolveStep(fixture, id, 'applied', { requestId: 'r' }));
    expect(resolveStep(fixture, id, 'applied', { requestId: 'r' })).toHaveProperty('Ok');
    expect(resolveStep(fixture, id, 'notApplied', { requestId: 'r' })).toMatchObject({
      Err: { InvalidRequest: { field: 'requestId' } },
    });
  });
});
