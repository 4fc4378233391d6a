import type { HttpOutcall, HttpOutcallAnswer } from '../http-outcall.ts';

/**
 * Makes an HTTP request of a canister.
 *
 * @param signal the answer is of no use any more
 */
export type PerformHttpOutcall = (outcall: HttpOutcall, signal: AbortSignal) => Promise<HttpOutcallAnswer>;

/** What is needed of the live network. */
interface Surroundings {
  pending(): readonly HttpOutcall[];
  flushed(): Promise<void>;
  answer(outcall: HttpOutcall, answer: HttpOutcallAnswer): void;
}

/** The HTTP requests that somebody makes at present, each once at a time. */
export class OutcallsUnderWay {
  readonly #abort = new AbortController();
  /** By the object, not its id: a network that returns to a checkpoint gives out the same ids again. */
  readonly #started = new Set<HttpOutcall>();

  constructor(
    private readonly perform: PerformHttpOutcall,
    private readonly surroundings: Surroundings,
  ) {}

  /** Makes the requests that wait and are not being made. */
  startNew(): void {
    for (const outcall of this.surroundings.pending()) {
      if (this.#started.has(outcall)) continue;
      this.#started.add(outcall);
      void this.#make(outcall);
    }
  }

  /** Ends all of them for good. They stay pending. */
  abort(): void {
    this.#abort.abort();
  }

  async #make(outcall: HttpOutcall): Promise<void> {
    const answer = await this.#answerTo(outcall);
    this.#started.delete(outcall);
    if (this.#abort.signal.aborted || !this.surroundings.pending().includes(outcall)) return;
    this.surroundings.answer(outcall, answer);
  }

  async #answerTo(outcall: HttpOutcall): Promise<HttpOutcallAnswer> {
    try {
      // A server must not hear of what a crash could make undone.
      await this.surroundings.flushed();
      return await this.perform(outcall, this.#abort.signal);
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      return { kind: 'reject', rejectCode: 2, message: `The request could not be made: ${text}` };
    }
  }
}
