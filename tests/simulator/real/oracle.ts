import { deepEqual, equal, ok } from 'node:assert/strict';
import { Principal } from '@dfinity/principal';
import type { CanisterView } from '../../../src/localnet/index.ts';
import type { ManagerFixture } from '../../support/manager-fixture.ts';
import type { Marks } from '../shared/marks.ts';
import type { AuditedManager, Saga } from './audit.ts';

/**
 * Compares the network's own state with what the Manager says once everything has come to rest: every canister it
 * ever created is somebody's or vacant, finished jobs have what was promised, and no cycle appeared or vanished.
 *
 * @throws AssertionError
 */
export function checkPromises(
  fixture: ManagerFixture,
  { stored, sagas }: AuditedManager,
  marks: Marks,
): void {
  const { network } = fixture;
  for (const { saga } of sagas) {
    if (saga.status === 'completed' && saga.definitionName === 'provisioning') checkGreeter(fixture, saga);
  }
  const tags = new Set<string>();
  for (const id of fixture.created()) {
    const canister = network.canister(id);
    const tag = birthTagOf(canister);
    // The handover takes it off.
    ok(tag === '' || !tags.has(tag), `two canisters bear the tag of job ${tag}`);
    tags.add(tag);
    const account = stored.stores.canisterAccount(id.toUint8Array());
    const label = `canister ${id.toText()} that was made for job ${tag}`;
    ok(account, `${label} is an orphan`);
    ok(account.use !== 'bound', `${label} is bound to job ${account.jobId}, which has ended`);
    if (account.use === 'vacant') checkVacant(fixture, canister, marks);
  }
  network.checkCycles();
}

/** What a canister was stamped with when it was created: the job it was made for. */
export function birthTagOf({ settings }: CanisterView): string {
  return settings.environmentVariables[0]?.value ?? '';
}

/** A completed job's Greeter: its owner alone controls it, it runs the template's module, and it greets. */
function checkGreeter(fixture: ManagerFixture, { id, facts }: Saga): void {
  if (!facts.greeterId) throw new Error(`job ${id} is completed without a Greeter`);
  const greeterId = Principal.fromUint8Array(facts.greeterId);
  const owner = Principal.fromUint8Array(facts.owner);
  const canister = fixture.network.canister(greeterId);
  deepEqual(canister.controllers.map(String), [owner.toText()], `controllers of job ${id}'s Greeter`);
  deepEqual(canister.moduleHash, facts.moduleHash, `module of job ${id}'s Greeter`);
  equal(fixture.greet(greeterId, owner, 'Alice'), 'Hello, Alice!');
}

/**
 * Nothing of a former job is left in a vacant canister; unless a call of that job was applied after its caller had
 * been told that nobody knows. Then it is emptied when the next job looks at it.
 */
function checkVacant(
  { managerId }: ManagerFixture,
  { id, controllers, moduleHash }: CanisterView,
  marks: Marks,
): void {
  deepEqual(controllers.map(String), [managerId.toText()], `controllers of vacant ${id.toText()}`);
  if (marks.count('fault applyLater') > 0) return;
  equal(moduleHash, undefined, `module of vacant ${id.toText()}`);
}
