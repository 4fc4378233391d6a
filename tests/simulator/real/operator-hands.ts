import { IDL } from '@dfinity/candid';
import type { Principal } from '@dfinity/principal';
import { managementClient } from '../../../src/localnet/index.ts';
import type { ManagementClient } from '../../../src/localnet/index.ts';
import { ActionRequest, ActionResult, ResolveStepRequest } from '../../../src/manager/candid/job.ts';
import { AdoptCanisterRequest, AdoptCanisterResult } from '../../../src/manager/candid/vacancies.ts';
import { operator } from '../../support/manager-fixture.ts';
import type { ManagerFixture } from '../../support/manager-fixture.ts';
import type { Saga } from './audit.ts';
import { birthTagOf } from './oracle.ts';

const defaultFreezingThresholdSeconds = 2_592_000n;
const secondsPerDay = 86_400n;

/** The management canister as the Manager's controller uses it, at once: between two messages. */
export function managementAhead(fixture: ManagerFixture): ManagementClient {
  return managementClient({ update: (call) => fixture.network.updateAhead(call) }, operator);
}

/**
 * Takes away what the Manager can spend, without destroying it: its freezing limit rises.
 *
 * @param leftCycles what remains above the limit
 */
export function drainCycles(fixture: ManagerFixture, leftCycles: bigint): void {
  const management = managementAhead(fixture);
  const perDay = management.canisterStatus(fixture.managerId).idle_cycles_burned_per_day;
  const limit = fixture.network.canister(fixture.managerId).cycles - leftCycles;
  management.updateSettings(fixture.managerId, { freezing_threshold: (limit * secondsPerDay) / perDay });
}

/** Gives it back. */
export function topUpCycles(fixture: ManagerFixture): void {
  const settings = { freezing_threshold: defaultFreezingThresholdSeconds };
  managementAhead(fixture).updateSettings(fixture.managerId, settings);
}

/** The owner asks to undo a job, at once: between two messages. @returns the tag of what was answered */
export function cancelJob(fixture: ManagerFixture, jobId: bigint, owner: Principal): string {
  const arg = IDL.encode([ActionRequest], [action(jobId, 'cancel')]);
  const call = { sender: owner, canisterId: fixture.managerId, method: 'cancelJob', arg };
  const [result] = IDL.decode([ActionResult], fixture.network.updateAhead(call)) as unknown as [
    Readonly<Record<string, object>>,
  ];
  return 'Ok' in result ? 'Ok' : Object.keys(result['Err'] ?? {}).join();
}

/**
 * What an operator does about a parked job once the faults are over: about a creation that went unanswered, tells the
 * Manager what the network has; otherwise, asks it to go on.
 *
 * @param requestId names the request; the same one again does nothing twice
 */
export function helpParkedJob(fixture: ManagerFixture, saga: Saga, requestId: string): string {
  const isUndecided = saga.parked?.reason === 'outcomeUndecided' && saga.cursor === 0 && !saga.compensating;
  if (!isUndecided) {
    fixture.update(operator, 'retryJob', [ActionRequest], ActionResult, [action(saga.id, requestId)]);
    return 'retried';
  }
  const made = fixture
    .created()
    .find((id) => birthTagOf(fixture.network.canister(id)) === saga.id.toString());
  if (made) {
    const request = { ...action(saga.id, requestId), canisterId: made, jobId: [saga.id] };
    fixture.update(operator, 'adoptCanister', [AdoptCanisterRequest], AdoptCanisterResult, [request]);
    return 'adopted by an operator';
  }
  const request = { ...action(saga.id, requestId), finding: { notApplied: null }, evidence: 'not there' };
  fixture.update(operator, 'resolveStep', [ResolveStepRequest], ActionResult, [request]);
  return 'resolved by an operator';
}

/** A request about a job. */
export function action(jobId: bigint, requestId: string): object {
  return { jobId, requestId: `${jobId} ${requestId}`, reason: 'the simulation', expectedVersion: [] };
}
