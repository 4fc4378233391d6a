import type { IngressId, IngressStatus } from '../state.ts';
import type { RealTime } from './real-time.ts';

interface Waiter {
  readonly id: IngressId;
  settle(status: IngressStatus | undefined): void;
}

/** Those who wait for the answers to update calls, each for a limited time. */
export class AnswerWaiters {
  readonly #waiters = new Set<Waiter>();

  constructor(
    private readonly realTime: RealTime,
    private readonly statusOf: (id: IngressId) => IngressStatus,
  ) {}

  /** @returns undefined when the time is over, or nobody will answer any more */
  wait(id: IngressId, timeoutMs: number): Promise<IngressStatus | undefined> {
    const status = this.statusOf(id);
    if (isFinal(status)) return Promise.resolve(status);
    return new Promise((resolve) => {
      const waiter: Waiter = {
        id,
        settle: (outcome) => {
          cancelTimeout();
          this.#waiters.delete(waiter);
          resolve(outcome);
        },
      };
      const cancelTimeout = this.realTime.after(timeoutMs, () => {
        waiter.settle(undefined);
      });
      this.#waiters.add(waiter);
    });
  }

  /** Tells those whose answer has come. */
  check(): void {
    for (const waiter of this.#waiters) {
      const status = this.statusOf(waiter.id);
      if (isFinal(status)) waiter.settle(status);
    }
  }

  /** Tells everybody that no answer will come. */
  giveUp(): void {
    for (const waiter of this.#waiters) waiter.settle(undefined);
  }
}

function isFinal({ status }: IngressStatus): boolean {
  return status !== 'received' && status !== 'processing';
}
