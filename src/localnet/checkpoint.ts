import type { CanisterState, NetworkState } from './state.ts';

/** A state of the whole network to return to. Opaque: give it back to `restore`. */
export interface NetworkCheckpoint {
  readonly state: NetworkState;
}

function cloneCanister(canister: CanisterState): CanisterState {
  return {
    ...canister,
    settings: { ...canister.settings },
    pendingStops: [...canister.pendingStops],
    code: canister.code === undefined ? undefined : { ...canister.code },
    ...(canister.nativeState && { nativeState: structuredClone(canister.nativeState) }),
    callContexts: new Map([...canister.callContexts].map(([id, context]) => [id, { ...context }])),
    callbacks: new Map([...canister.callbacks].map(([id, callback]) => [id, { ...callback }])),
    history: { ...canister.history },
    chunkStore: new Map(canister.chunkStore),
    snapshots: new Map(canister.snapshots),
    log: { ...canister.log },
    consumedCycles: { ...canister.consumedCycles },
  };
}

/** Copies everything that may change in place; pages, modules, messages and byte arrays are shared. */
export function cloneState(state: NetworkState): NetworkState {
  return {
    ...state,
    canisters: new Map([...state.canisters].map(([key, canister]) => [key, cloneCanister(canister)])),
    usedIds: new Set(state.usedIds),
    messages: new Map(state.messages),
    ingress: new Map(state.ingress),
    requests: new Map(state.requests),
    httpOutcalls: new Map(state.httpOutcalls),
    cycles: { ...state.cycles },
    systemTasks: [...state.systemTasks],
    faults: { ...state.faults, matches: new Map(state.faults.matches) },
  };
}
