import type { Principal } from '@dfinity/principal';
import type { NetworkState } from '../state.ts';
import type { World } from '../world.ts';
import type { FaultAction, FaultMatch } from './fault-rules.ts';

function isAbout(match: FaultMatch, caller: Principal, callee: Principal, method: string): boolean {
  return (
    (match.caller === undefined || match.caller.toHex() === caller.toHex()) &&
    (match.callee === undefined || match.callee.toHex() === callee.toHex()) &&
    (match.method === undefined || match.method === method)
  );
}

function countMatch(state: NetworkState, ruleId: number): number {
  const count = (state.faults.matches.get(ruleId) ?? 0) + 1;
  state.faults.matches.set(ruleId, count);
  return count;
}

/** Finds the fault for a call that is being sent; every rule counts its matches, the first one that applies wins. */
export function faultFor(
  world: World,
  caller: Principal,
  callee: Principal,
  method: string,
): FaultAction | undefined {
  let found: FaultAction | undefined;
  for (const { id, match, action } of world.state.faults.rules) {
    if (!isAbout(match, caller, callee, method)) continue;
    const count = countMatch(world.state, id);
    if (found !== undefined || (match.nth !== undefined && match.nth !== count)) continue;
    found = action;
    world.emit({
      event: 'faultApplied',
      step: world.state.executedSteps,
      ruleId: id,
      action: action.kind,
    });
  }
  return found;
}
