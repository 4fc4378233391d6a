import type { Principal } from '@dfinity/principal';
import { expect } from 'vitest';
import { managementCanisterId } from '../../../src/localnet/index.ts';
import type { FaultAction } from '../../../src/localnet/index.ts';
import { alice, user } from '../../support/manager-fixture.ts';
import type { JobStatus, ManagerFixture } from '../../support/manager-fixture.ts';
import { management, vacantCanisters } from '../support/pool.ts';

export const minuteMs = 60_000;

/** The answer arrives, and the message that would keep it traps. */
export const lost: FaultAction = { kind: 'trapCallback', message: 'lost' };

export const busy: FaultAction = {
  kind: 'reject',
  rejection: { rejectCode: 2, errorCode: 'IC0204', message: 'busy' },
};

/** Something goes wrong with a call of the Manager's: with all, or with the one that comes as number `nth`. */
export function fault(
  { network }: ManagerFixture,
  method: string,
  action: FaultAction,
  nth?: number,
): number {
  const match = { callee: managementCanisterId, method };
  return network.faults.add(nth === undefined ? match : { ...match, nth }, action);
}

/** A job whose creation was answered so, settled. */
export function settleJobWith(fixture: ManagerFixture, action: FaultAction): JobStatus {
  fault(fixture, 'create_canister', action, 1);
  const { id } = fixture.createGreeter(alice);
  return fixture.settle(id);
}

/** Canisters of other people, whose ids lie between the Manager's. */
export function createForeign(fixture: ManagerFixture, count: number): void {
  const strangers = management(fixture, user(7));
  for (let made = 0; made < count; made += 1) strangers.createCanister({ cycles: 10_000_000_000n });
}

/** Every canister the Manager created is registered or vacant, and no cycle is lost. */
export function expectAllAccountedFor(fixture: ManagerFixture): void {
  const own = fixture.created().filter((id) => creatorOf(fixture, id) === fixture.managerId.toText());
  const registered = fixture.greeters({ limit: 100 }).greeters.map(({ canisterId }) => canisterId.toText());
  const vacant = vacantCanisters(fixture).map(({ canisterId }) => canisterId.toText());
  expect([...registered, ...vacant].sort()).toEqual(own.map(String).sort());
  fixture.network.checkCycles();
}

/** The canister that created a canister, as its history tells; undefined when it was a user. */
export function creatorOf(fixture: ManagerFixture, id: Principal): string | undefined {
  const origin = fixture.network.canister(id).history[0]?.origin;
  return origin?.kind === 'canister' ? origin.canisterId.toText() : undefined;
}

/** Why an adoption was refused. */
export function evidenceOf(result: Readonly<Record<string, unknown>>): string {
  expect(result).toMatchObject({ Ok: { state: { refused: null } } });
  return (result['Ok'] as { evidence: string }).evidence;
}
