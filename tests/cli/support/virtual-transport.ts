import type { Principal } from '@dfinity/principal';
import type { CallTransport, WaitingClock } from '../../../src/client/index.ts';
import type { LocalNetwork } from '../../../src/localnet/index.ts';

/** Reaches a network whose time is virtual, as one user: an update executes whatever runs before its answer. */
export function virtualTransport(network: LocalNetwork, sender: Principal): CallTransport {
  return {
    update: (canisterId, method, arg) => Promise.resolve(network.update({ sender, canisterId, method, arg })),
    query: (canisterId, method, arg) => Promise.resolve(network.query({ sender, canisterId, method, arg })),
  };
}

/** The clock of such a network: a pause executes what happens in it, and takes no real time. */
export function virtualClock(network: LocalNetwork): WaitingClock {
  return {
    nowMs: () => Number(network.timeNanos / 1_000_000n),
    pause: (ms) => {
      network.runFor(ms);
      return Promise.resolve();
    },
  };
}
