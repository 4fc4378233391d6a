import type { Principal } from '@dfinity/principal';
import { isInCanisterRange, isManagementCanister } from '../canister-ids.ts';
import type { CanisterView } from '../canister-view.ts';
import type { NetworkCheckpoint } from '../checkpoint.ts';
import { performHttpOutcall } from '../http-outcalls/index.ts';
import { LiveNetwork } from '../live/index.ts';
import { LocalNetwork } from '../network.ts';
import type { IngressId, IngressStatus } from '../state.ts';
import type { InstanceConfig } from './instance-config.ts';
import { badRequest, ProtocolError } from './protocol-error.ts';

/** Rounds that an answer is waited for, as in the original. */
const maximumRounds = 100;
/** How long an answer is waited for in real time: less than a client's patience, 30 s, so that it learns why. */
const longestWaitMs = 25_000;
/** Checkpoints share what did not change, but are never forgotten. */
const maximumCheckpoints = 1_000;

/**
 * One network with the clock of PocketIC: it stands still until somebody moves it or a round is executed, and every
 * round has a time of its own. In real time (`auto_progress`) it follows the wall clock instead.
 */
export class Instance {
  readonly network: LocalNetwork;
  readonly live: LiveNetwork;
  /** What `get_time` shows. Canisters see it from the next round on. */
  #timeNanos: bigint;
  readonly #checkpoints: { readonly state: NetworkCheckpoint; readonly timeNanos: bigint }[] = [];

  /** @param writeLog gets a line for everything a canister prints */
  constructor(
    readonly id: number,
    config: InstanceConfig,
    writeLog: (line: string) => void,
  ) {
    this.network = new LocalNetwork({
      ...config.network,
      onEvent: (event) => {
        if (event.event === 'debugPrint') {
          writeLog(`${describeTime(this.network.timeNanos)}: [Canister ${event.canisterId}] ${event.text}`);
        }
      },
    });
    this.#timeNanos = this.network.timeNanos;
    this.live = new LiveNetwork(this.network, {
      paused: !config.autoProgress,
      // In real time only; otherwise the client answers.
      performHttpOutcall: (outcall, signal) => performHttpOutcall(outcall, { signal }),
    });
  }

  get isLive(): boolean {
    return !this.live.isPaused;
  }

  get timeNanos(): bigint {
    if (this.isLive) this.live.moveClock();
    const { timeNanos } = this.network;
    return timeNanos > this.#timeNanos ? timeNanos : this.#timeNanos;
  }

  /**
   * Sets the time of the next round.
   *
   * @param certified canisters and queries see it at once, without a round
   * @throws ProtocolError `SettingTimeIntoPast`
   */
  setTime(timeNanos: bigint, certified: boolean): void {
    const now = this.timeNanos;
    if (timeNanos < now) throw new ProtocolError('SettingTimeIntoPast', `(${now}, ${timeNanos})`);
    this.#timeNanos = timeNanos;
    if (certified || this.isLive) this.network.advanceTimeTo(timeNanos);
    // In real time what has become due runs by itself.
    this.live.wake();
  }

  /** Executes one round, a nanosecond after the last one unless the time was set meanwhile. */
  executeRound(): void {
    const { timeNanos } = this;
    this.network.advanceTimeTo(timeNanos > this.network.timeNanos ? timeNanos : timeNanos + 1n);
    this.network.executeRound();
    this.live.wake();
  }

  /**
   * Executes rounds until an update call is answered; in real time, waits for that.
   *
   * @throws ProtocolError `BadIngressMessage` when it is still not answered after 100 rounds or 25 s
   */
  async answered(id: IngressId): Promise<AnsweredStatus> {
    if (this.isLive) {
      const status = answerIn(await this.live.answered(id, longestWaitMs));
      if (status !== undefined) return status;
      throw notAnswered(id, `${longestWaitMs} ms`);
    }
    for (let round = 0; round < maximumRounds; round += 1) {
      const status = this.answer(id);
      if (status !== undefined) return status;
      this.executeRound();
    }
    throw notAnswered(id, `${maximumRounds} rounds`);
  }

  /** @returns undefined while an update call is not answered. @throws ProtocolError for an id that is not known */
  answer(id: IngressId): AnsweredStatus | undefined {
    return answerIn(this.ingressStatus(id));
  }

  /** @throws ProtocolError `CanisterNotFound` */
  canister(id: Principal): CanisterView {
    if (!this.hasCanister(id)) throw new ProtocolError('CanisterNotFound', `CanisterId(${id.toText()})`);
    return this.network.canister(id);
  }

  /** @throws ProtocolError `CanisterNotFound`, `CanisterIsEmpty` */
  canisterWithCode(id: Principal): CanisterView {
    const canister = this.canister(id);
    if (canister.moduleHash === undefined) {
      throw new ProtocolError('CanisterIsEmpty', `CanisterId(${id.toText()})`);
    }
    return canister;
  }

  hasCanister(id: Principal): boolean {
    return this.network.canisterIds().some((existing) => existing.toHex() === id.toHex());
  }

  /** Whether calls to this canister, existing or not, belong to this network's subnet. */
  routes(id: Principal): boolean {
    return isManagementCanister(id) || isInCanisterRange(id) || this.hasCanister(id);
  }

  /** Remembers the present state. @returns its number, for {@link restore} */
  checkpoint(): number {
    if (this.#checkpoints.length === maximumCheckpoints) {
      throw badRequest(`An instance keeps at most ${maximumCheckpoints} checkpoints; make another instance.`);
    }
    return this.#checkpoints.push({ state: this.network.checkpoint(), timeNanos: this.timeNanos }) - 1;
  }

  /** Returns to a remembered state, any number of times. @throws ProtocolError when there is none */
  restore(checkpoint: number): void {
    const remembered = this.#checkpoints[checkpoint];
    if (remembered === undefined) {
      throw new ProtocolError('CheckpointNotFound', `There is no checkpoint ${checkpoint}.`, 404);
    }
    if (this.isLive) throw badRequest('Stop the real time first: it would go backwards.');
    this.network.restore(remembered.state);
    this.#timeNanos = remembered.timeNanos;
  }

  /** Stops whatever runs by itself. */
  close(): void {
    this.live.close();
  }

  private ingressStatus(id: IngressId): IngressStatus {
    try {
      return this.network.ingressStatus(id);
    } catch {
      throw new ProtocolError('BadIngressMessage', `"There is no ingress message ${id}."`);
    }
  }
}

/** The answer to an update call. */
export type AnsweredStatus = Extract<IngressStatus, { status: 'replied' | 'rejected' }>;

function answerIn(status: IngressStatus | undefined): AnsweredStatus | undefined {
  return status?.status === 'replied' || status?.status === 'rejected' ? status : undefined;
}

function notAnswered(id: IngressId, after: string): ProtocolError {
  return new ProtocolError('BadIngressMessage', `"Failed to answer to ingress ${id} after ${after}."`);
}

const nanosPerMillisecond = 1_000_000n;
const nanosPerSecond = 1_000_000_000n;

/** As the original writes it: `2021-05-06 19:17:10.000000003 UTC`. */
function describeTime(timeNanos: bigint): string {
  const [date = '', time = ''] = new Date(Number(timeNanos / nanosPerMillisecond)).toISOString().split('T');
  const fraction = (timeNanos % nanosPerSecond).toString().padStart(9, '0');
  return `${date} ${time.slice(0, 'hh:mm:ss'.length)}.${fraction} UTC`;
}
