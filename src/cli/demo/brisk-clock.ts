import type { WaitingClock } from '../../client/index.ts';

/** A look costs a network in this process a few milliseconds, so it can be asked far oftener than a distant one. */
const longestPauseMs = 15;

/** The machine's clock, for whoever wants to see every change of a job while it happens. */
export const briskClock: WaitingClock = {
  nowMs: () => performance.now(),
  pause: (ms) => new Promise((resolve) => setTimeout(resolve, Math.min(ms, longestPauseMs))),
};
