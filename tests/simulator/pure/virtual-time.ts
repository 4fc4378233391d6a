import type { EventLog } from '../shared/event-log.ts';
import { EventQueue } from './event-queue.ts';

type Happening = () => void;

export const msNs = 1_000_000n;

/** The time of a run, and what is going to happen in it. Nothing reads the wall clock. */
export class VirtualTime {
  nowNs = 1_700_000_000_000_000_000n;
  private readonly queue = new EventQueue<Happening>();

  constructor(private readonly log: EventLog) {}

  /** Something at a time; at once if that is past. */
  at(atNs: bigint, happening: Happening): void {
    this.queue.add(atNs < this.nowNs ? this.nowNs : atNs, happening);
  }

  after(milliseconds: number, happening: Happening): void {
    this.queue.add(this.nowNs + BigInt(milliseconds) * msNs, happening);
  }

  /** When the next thing happens. */
  nextNs(): bigint | undefined {
    return this.queue.nextNs();
  }

  /** Lets the next thing happen; the time must have come. */
  happen(): void {
    this.queue.take()?.();
  }

  /** A line of the log, with the time before it. */
  note(text: () => string): void {
    this.log.note(() => `${this.nowNs / msNs} ${text()}`);
  }
}
