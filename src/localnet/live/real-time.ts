import { nanosPerMillisecond } from '../limits.ts';

/** The clock and the event loop a live network runs on; tests put their own in its place. */
export interface RealTime {
  /** Nanoseconds since 1970. */
  nowNanos(): bigint;
  /** Calls back as soon as everything that waits in the event loop had its turn. */
  soon(callback: () => void): void;
  /**
   * Calls back once, after a time.
   *
   * @param milliseconds 0 to 2^31 - 1
   * @returns cancels it
   */
  after(milliseconds: number, callback: () => void): () => void;
}

/** The computer's own clock and Node's event loop. */
export const systemTime: RealTime = {
  nowNanos: () => BigInt(Date.now()) * nanosPerMillisecond,
  soon: (callback) => {
    setImmediate(callback);
  },
  after: (milliseconds, callback) => {
    const timer = setTimeout(callback, milliseconds);
    return () => {
      clearTimeout(timer);
    };
  },
};
