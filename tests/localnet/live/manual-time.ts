import type { RealTime } from '../../../src/localnet/live/index.ts';

/** So that a driver that is never content fails a test instead of hanging it. */
const mostAlarms = 10_000;

interface Alarm {
  readonly atNanos: bigint;
  readonly callback: () => void;
}

/** A clock and an event loop that move only when a test says so. */
export class ManualTime implements RealTime {
  #nanos: bigint;
  #turns: (() => void)[] = [];
  readonly #alarms = new Set<Alarm>();

  constructor(startNanos: bigint) {
    this.#nanos = startNanos;
  }

  nowNanos(): bigint {
    return this.#nanos;
  }

  soon(callback: () => void): void {
    this.#turns.push(callback);
  }

  after(milliseconds: number, callback: () => void): () => void {
    const alarm = { atNanos: this.#nanos + BigInt(Math.round(milliseconds * 1_000_000)), callback };
    this.#alarms.add(alarm);
    return () => {
      this.#alarms.delete(alarm);
    };
  }

  /** How many timeouts are armed. */
  get armed(): number {
    return this.#alarms.size;
  }

  /** One turn of the event loop. @returns whether there was something to do */
  turn(): boolean {
    const turns = this.#turns;
    this.#turns = [];
    for (const callback of turns) callback();
    return turns.length > 0;
  }

  /** Turns until nothing is left to do at the present time. */
  settle(): void {
    while (this.turn());
  }

  /** Moves the clock from alarm to alarm. */
  advance(milliseconds: number): void {
    const end = this.#nanos + BigInt(milliseconds) * 1_000_000n;
    for (let alarms = 0; ; alarms += 1) {
      if (alarms > mostAlarms) throw new Error('Somebody arms one alarm after the other and gets nowhere.');
      this.settle();
      const [next] = [...this.#alarms].sort((one, other) => (one.atNanos < other.atNanos ? -1 : 1));
      if (next === undefined || next.atNanos > end) break;
      this.#nanos = next.atNanos > this.#nanos ? next.atNanos : this.#nanos;
      this.#alarms.delete(next);
      next.callback();
    }
    this.#nanos = end;
    this.settle();
  }

  /** Sets the clock without anybody noticing, as when somebody sets the computer's. */
  setClock(nanos: bigint): void {
    this.#nanos = nanos;
  }
}
