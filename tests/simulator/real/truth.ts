import { tag } from '../../support/manager-fixture.ts';
import type { ManagerFixture } from '../../support/manager-fixture.ts';
import { birthTagOf } from './oracle.ts';

/**
 * What became of the step at which a parked job stands, as the network knows it. Undefined where nobody can say, or
 * where a call that is still open may change it, or where a canister was made that must be named.
 */
export function truthAbout(fixture: ManagerFixture, jobId: bigint): 'applied' | 'notApplied' | undefined {
  const { network, managerId } = fixture;
  if (network.canister(managerId).openCallbacks > 0) return undefined;
  const { step, steps, greeterId, owner } = fixture.job(jobId);
  const [name] = step.map(tag);
  const [id] = greeterId;
  const undone = steps.find(({ state }) => tag(state) === 'compensating');
  if (undone && id) return network.canister(id).moduleHash ? 'notApplied' : 'applied';
  if (steps.find((each) => tag(each.name) === name)?.state['outcomeUnknown'] === undefined) return undefined;
  if (name === 'create') {
    const isMade = fixture.created().some((id) => birthTagOf(network.canister(id)) === jobId.toString());
    return isMade ? undefined : 'notApplied';
  }
  if (!id) return undefined;
  const { moduleHash, controllers } = network.canister(id);
  if (name === 'install') return moduleHash ? 'applied' : 'notApplied';
  if (name !== 'handover') return undefined;
  return controllers.some((each) => each.toText() === owner.toText()) ? 'applied' : 'notApplied';
}
