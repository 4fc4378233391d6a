import type { WaitingClock } from '../client/index.ts';
import type { LocalNetwork } from '../localnet/index.ts';

const nanosPerMillisecond = 1_000_000;

/**
 * The clock of an embedded network, for whoever waits for it. A pause takes no real time. In each, the network gets on
 * by one message of one canister, so that its progress can be watched.
 *
 * @param canisterId in textual form: the canister that is being waited for
 */
export function virtualClock(
  network: Pick<LocalNetwork, 'timeNanos' | 'step' | 'advanceTime'>,
  canisterId: string,
): WaitingClock {
  return {
    nowMs: () => Number(network.timeNanos / BigInt(nanosPerMillisecond)),
    pause: (ms) => {
      for (let report = network.step(); report; report = network.step()) {
        if (report.canisterId === canisterId) break;
      }
      network.advanceTime(ms);
      return Promise.resolve();
    },
  };
}
