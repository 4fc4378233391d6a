import type { HttpOutcallAnswer } from '../http-outcall.ts';
import type { UpdateCall } from '../ingress.ts';
import { nanosPerMillisecond } from '../limits.ts';
import type { LocalNetwork } from '../network.ts';
import type { QueryCall } from '../query.ts';
import type { IngressId, IngressStatus } from '../state.ts';
import { AnswerWaiters } from './answer-waiters.ts';
import { applyInput, type InputJournal, type InputResult, type NetworkInput } from './network-input.ts';
import { OutcallsUnderWay, type PerformHttpOutcall } from './outcalls-under-way.ts';
import { type RealTime, systemTime } from './real-time.ts';

/** How a network runs in real time. Everything has a default. */
export interface LiveNetworkOptions {
  /** Sees every input before it is applied. Default: none. */
  readonly journal?: InputJournal;
  /** Clock and event loop. Default: the computer's. */
  readonly realTime?: RealTime;
  /** Time stands still and nothing executes until {@link LiveNetwork.resume}. Default false. */
  readonly paused?: boolean;
  /**
   * Makes the HTTP requests of canisters. Default: nobody does, and they wait for
   * {@link LiveNetwork.answerHttpOutcall} or their time-out.
   */
  readonly performHttpOutcall?: PerformHttpOutcall;
  /** Told once when executing failed in a way only a defect of the network can; nothing executes afterwards. */
  readonly onDefect?: (error: NetworkDefectError) => void;
}

/** Executing a message failed although no canister can cause that: the network's state is not to be trusted. */
export class NetworkDefectError extends Error {
  override readonly name = 'NetworkDefectError';
  readonly code = 'NETWORK_DEFECT';
}

/** A call came after the end: accepting it would be a promise that nobody keeps. */
class LiveNetworkClosedError extends Error {
  override readonly name = 'LiveNetworkClosedError';
  readonly code = 'LIVE_NETWORK_CLOSED';

  constructor() {
    super('The live network is closed and executes nothing any more: send the call to a running one.');
  }
}

/** One turn of the event loop executes for about so long: requests that arrive meanwhile wait no longer. */
const sliceMilliseconds = 10n;
/** Looking again after a minute at the latest also notices a wall clock that was set. */
const longestSleepMilliseconds = 60_000;

/**
 * A {@link LocalNetwork} that runs by itself, in real time: its clock follows the wall clock (never backwards; a
 * network whose time is ahead stays ahead by as much), timers fire when they are due, and messages execute in slices
 * between which the event loop has its turn.
 *
 * Everything that changes the network goes through one funnel, see {@link NetworkInput}. Call {@link close} when done,
 * or an armed timer keeps the process alive.
 */
export class LiveNetwork {
  readonly #realTime: RealTime;
  readonly #journal: InputJournal | undefined;
  readonly #onDefect: ((error: NetworkDefectError) => void) | undefined;
  readonly #waiters: AnswerWaiters;
  readonly #outcalls: OutcallsUnderWay | undefined;
  /** How far the network's clock is ahead of the wall clock. */
  #aheadNanos = 0n;
  #state: 'running' | 'paused' | 'closed' = 'paused';
  #isSliceDue = false;
  #cancelSleep: (() => void) | undefined;
  #defect: NetworkDefectError | undefined;

  /** @param network belongs to the live network from now on: change it through this class only */
  constructor(
    readonly network: LocalNetwork,
    options: LiveNetworkOptions = {},
  ) {
    this.#realTime = options.realTime ?? systemTime;
    this.#journal = options.journal;
    this.#onDefect = options.onDefect;
    this.#waiters = new AnswerWaiters(this.#realTime, (id) => network.ingressStatus(id));
    this.#outcalls =
      options.performHttpOutcall &&
      new OutcallsUnderWay(options.performHttpOutcall, {
        pending: () => network.pendingHttpOutcalls(),
        flushed: () => this.flushed(),
        answer: ({ id }, answer) => {
          try {
            this.answerHttpOutcall(id, answer);
          } catch (error) {
            if (this.#defect === undefined) this.#fail(error);
          }
        },
      });
    if (options.paused !== true) this.resume();
  }

  /**
   * Hands in a user's update call; it executes soon.
   *
   * Before telling anybody that it was accepted or refused, await {@link flushed}.
   *
   * @throws CallRejectedError when it is refused
   * @throws NetworkDefectError, and `LIVE_NETWORK_CLOSED` after {@link close}
   */
  submit(call: UpdateCall): IngressId {
    if (this.#state === 'closed') throw new LiveNetworkClosedError();
    this.moveClock();
    const result = this.#apply({ kind: 'submit', call });
    this.wake();
    if (result.kind === 'refused') throw result.refusal;
    if (result.kind !== 'submitted') throw new Error(`Submitting a call gave '${result.kind}'.`);
    return result.ingressId;
  }

  /**
   * Waits for the answer to an update call.
   *
   * @param timeoutMs how long at most, in milliseconds of real time
   * @returns undefined when the time is over, or the live network was closed; then nothing is known
   * @throws NetworkDefectError
   */
  async answered(id: IngressId, timeoutMs: number): Promise<IngressStatus | undefined> {
    this.#checkDefect();
    const status = this.#state === 'closed' ? undefined : await this.#waiters.wait(id, timeoutMs);
    this.#checkDefect();
    await this.flushed();
    return status;
  }

  /**
   * Answers an HTTP request of a canister, which gets the answer soon.
   *
   * @returns false when nobody waits for it: it was answered, timed out, or the live network is closed or failed
   */
  answerHttpOutcall(id: number, answer: HttpOutcallAnswer): boolean {
    if (this.#state === 'closed' || this.#defect !== undefined) return false;
    this.moveClock();
    if (this.network.pendingHttpOutcalls().every((outcall) => outcall.id !== id)) return false;
    this.#apply({ kind: 'httpOutcallAnswer', id, answer });
    this.wake();
    return true;
  }

  /** Executes a query on the present state, at the present time. @throws CallRejectedError, NetworkDefectError */
  query(call: QueryCall): Uint8Array {
    this.moveClock();
    return this.network.query(call);
  }

  /** Resolves when every input so far is safe in the journal: only then may a client hear of what it did. */
  async flushed(): Promise<void> {
    await this.#journal?.flushed();
  }

  /** Moves the network's clock to the present, unless paused. @throws NetworkDefectError */
  moveClock(): void {
    this.#checkDefect();
    if (this.#state !== 'running') return;
    const timeNanos = this.#realTime.nowNanos() + this.#aheadNanos;
    if (timeNanos > this.network.timeNanos) this.#apply({ kind: 'time', timeNanos });
  }

  get isPaused(): boolean {
    return this.#state === 'paused';
  }

  /** Lets time stand still and nothing execute. Calls are still accepted, and wait. */
  pause(): void {
    if (this.#state !== 'running') return;
    this.#state = 'paused';
    this.#stopSleeping();
  }

  /** Goes on after {@link pause}: at once at the wall clock's time, or where it is if it is ahead of that. */
  resume(): void {
    if (this.#state !== 'paused') return;
    const ahead = this.network.timeNanos - this.#realTime.nowNanos();
    this.#aheadNanos = ahead > 0n ? ahead : 0n;
    this.#state = 'running';
    this.moveClock();
    this.wake();
  }

  /** Looks for something to execute soon. Needed only after the network was changed without this class. */
  wake(): void {
    if (this.#state !== 'running' || this.#isSliceDue || this.#defect !== undefined) return;
    this.#stopSleeping();
    this.#isSliceDue = true;
    this.#realTime.soon(() => {
      this.#isSliceDue = false;
      if (this.#state === 'running') this.#runSlice();
    });
  }

  /** Stops for good. Everybody who waits for an answer learns that nothing is known. */
  close(): void {
    this.#state = 'closed';
    this.#outcalls?.abort();
    this.#stopSleeping();
    this.#waiters.giveUp();
  }

  #runSlice(): void {
    try {
      const end = this.#realTime.nowNanos() + sliceMilliseconds * nanosPerMillisecond;
      this.moveClock();
      let executed: number;
      do executed = this.#step();
      while (executed > 0 && this.#realTime.nowNanos() < end);
      this.#waiters.check();
      this.#outcalls?.startNew();
      if (executed > 0) this.wake();
      else this.#sleep();
    } catch (error) {
      // Told already when it was an input that failed; otherwise the journal did.
      if (this.#defect === undefined) this.#fail(error);
    }
  }

  #step(): number {
    const result = this.#apply({ kind: 'steps', count: 1 });
    return result.kind === 'steps' ? result.executed : 0;
  }

  #sleep(): void {
    const next = this.network.nextEventTimeNanos();
    if (next === undefined) return;
    const nanos = next - this.#realTime.nowNanos() - this.#aheadNanos;
    // Rounded up: a timer that fires a little early would find nothing to do.
    const milliseconds = Number((nanos + nanosPerMillisecond - 1n) / nanosPerMillisecond);
    this.#cancelSleep = this.#realTime.after(
      Math.min(Math.max(milliseconds, 0), longestSleepMilliseconds),
      () => {
        this.#cancelSleep = undefined;
        this.wake();
      },
    );
  }

  #stopSleeping(): void {
    this.#cancelSleep?.();
    this.#cancelSleep = undefined;
  }

  #apply(input: NetworkInput): InputResult {
    this.#journal?.append(input);
    try {
      return applyInput(this.network, input);
    } catch (error) {
      this.#journal?.retractLast();
      throw this.#fail(error);
    }
  }

  #checkDefect(): void {
    if (this.#defect !== undefined) throw this.#defect;
  }

  #fail(cause: unknown): NetworkDefectError {
    const text = cause instanceof Error ? cause.message : String(cause);
    this.#defect = new NetworkDefectError(
      `The network stopped because of a defect of its own, please report it: ${text}`,
      { cause },
    );
    this.#stopSleeping();
    this.#waiters.giveUp();
    this.#onDefect?.(this.#defect);
    return this.#defect;
  }
}
