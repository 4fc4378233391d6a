import { Principal } from '@dfinity/principal';
import { type CanisterRange, isInCanisterRange, ownCanisterRange } from './canister-ids.ts';
import { canisterRanges } from './canister-ranges.ts';
import { type CanisterView, viewOf } from './canister-view.ts';
import { chargeForTime } from './charge-for-time.ts';
import { cloneState, type NetworkCheckpoint } from './checkpoint.ts';
import { assertCyclesConserved, recountCycles } from './cycles-account.ts';
import { expireDeadlines } from './deadlines.ts';
import type { StepReport } from './events.ts';
import { executeItem } from './execute-item.ts';
import { InstanceCache } from './execution/instance-cache.ts';
import { FaultScript } from './faults/fault-script.ts';
import type { HttpOutcall, HttpOutcallAnswer } from './http-outcall.ts';
import { answerHttpOutcall } from './http-outcall-answers.ts';
import { submitIngress, type UpdateCall } from './ingress.ts';
import { findRequest, forgetOldRequests } from './ingress-history.ts';
import { defaultInstructionLimits, defaultQueueCapacity, nanosPerMillisecond } from './limits.ts';
import { initialState } from './initial-state.ts';
import { managementCanister } from './management/index.ts';
import { addNativeCanisters, nativesByKey } from './native-canisters.ts';
import { metricsOf, type NetworkMetrics } from './network-metrics.ts';
import type { LocalNetworkOptions } from './network-options.ts';
import { nextEventTimeNanos } from './next-event.ts';
import { giveCycles, readStableMemory, replaceStableMemory } from './outside-changes.ts';
import { executeQuery, type QueryCall } from './query.ts';
import { CallRejectedError } from './rejection.ts';
import { isRoundOpen, roundInstructionLimit } from './round.ts';
import { defaultRootKey, subnetIdOf } from './subnet-identity.ts';
import { stackBytesOf } from './stack-size.ts';
import { takeNext, type WorkItem } from './scheduler.ts';
import type { CanisterState, IngressId, IngressRecord, IngressStatus } from './state.ts';
import { findCanister, type World } from './world.ts';

/** How far a network has come: a few numbers in which two different runs hardly agree. */
export interface NetworkProgress {
  readonly executedSteps: number;
  readonly nextSequenceNumber: number;
  readonly burnedCycles: bigint;
}

const defaultLiveInstances = 24;
const defaultMaximumSteps = 1_000_000;
/** How long `update` waits: longer than any deadline, so that whatever can answer has done so. */
const longestWaitNanos = 3_600_000n * nanosPerMillisecond;

/** A call got no answer although everything that could happen has happened. */
export class CallNotAnsweredError extends Error {
  override readonly name = 'CallNotAnsweredError';
  readonly code = 'CALL_NOT_ANSWERED';
}

/**
 * An Internet Computer in this process: one subnet that executes real canister Wasm, with virtual time.
 * Nothing executes except through {@link step} and the methods that call it.
 */
export class LocalNetwork {
  /** What goes wrong, and when. */
  readonly faults: FaultScript;
  readonly #world: World;
  readonly #recount: boolean;

  constructor(options: LocalNetworkOptions = {}) {
    this.#recount = options.recountCycles ?? false;
    this.#world = {
      state: initialState(options),
      subnetId: subnetIdOf(options.rootKey ?? defaultRootKey),
      rootKey: options.rootKey ?? defaultRootKey,
      instructionLimits: { ...defaultInstructionLimits, ...options.instructionLimits },
      stackBytes: stackBytesOf(options),
      queueCapacity: options.queueCapacity ?? defaultQueueCapacity,
      instances: new InstanceCache(options.liveInstances ?? defaultLiveInstances),
      chargesForTime: options.chargesForTime ?? true,
      management: managementCanister,
      nativeCanisters: nativesByKey(options.nativeCanisters ?? []),
      emit: options.onEvent ?? (() => undefined),
    };
    addNativeCanisters(this.#world);
    this.faults = new FaultScript(() => this.#world.state);
  }

  /** Nanoseconds since 1970. */
  get timeNanos(): bigint {
    return this.#world.state.timeNanos;
  }

  get subnetId(): Principal {
    return this.#world.subnetId;
  }

  get progress(): NetworkProgress {
    const { executedSteps, nextSequenceNumber, cycles } = this.#world.state;
    return { executedSteps, nextSequenceNumber, burnedCycles: cycles.burned };
  }

  /**
   * Hands in a user's update call; it executes with later steps.
   *
   * @throws CallRejectedError when it is refused: by inspect_message, unknown canister, not running, frozen
   */
  submitUpdate(call: UpdateCall): IngressId {
    return submitIngress(this.#world, call, false);
  }

  /**
   * The update call that was submitted with this request id.
   *
   * @returns undefined when there was none, or when it is forgotten: some time after its answer and its expiry
   */
  findRequest(requestId: Uint8Array): IngressId | undefined {
    return findRequest(this.#world.state, requestId);
  }

  /** What is known of an update call. @throws Error for an id that was never given out, or is forgotten */
  ingressRecord(id: IngressId): IngressRecord {
    const record = this.#world.state.ingress.get(id);
    if (record === undefined) throw new Error(`No update call has the id ${id}.`);
    return record;
  }

  /** @throws Error for an id that was never given out, or is forgotten */
  ingressStatus(id: IngressId): IngressStatus {
    return this.ingressRecord(id).status;
  }

  /**
   * Submits an update call and executes until it is answered, moving the clock only when nothing else can run.
   *
   * @returns the reply
   * @throws CallRejectedError
   * @throws CallNotAnsweredError after an hour of virtual time
   */
  update(call: UpdateCall): Uint8Array {
    return this.#await(submitIngress(this.#world, call, false), call);
  }

  /** Like {@link update}, but the call is delivered before everything that waits: now, between two messages. */
  updateAhead(call: UpdateCall): Uint8Array {
    return this.#await(submitIngress(this.#world, call, true), call);
  }

  /** Executes a query method on the present state. @throws CallRejectedError */
  query(call: QueryCall): Uint8Array {
    return executeQuery(this.#world, call);
  }

  /**
   * Executes exactly one message, timer or heartbeat.
   *
   * @returns what was executed; undefined when nothing can run at the current time
   */
  step(): StepReport | undefined {
    this.faults.runHooks(this.#world.state.executedSteps + 1);
    const world = this.#world;
    chargeForTime(world);
    expireDeadlines(world);
    for (let item = takeNext(world); item !== undefined; item = takeNext(world)) {
      // Counted first, so that the events of a step carry its number.
      world.state.executedSteps += 1;
      const burnedBefore = world.state.cycles.burned;
      const outcome = executeItem(world, item);
      if (outcome === undefined) {
        world.state.executedSteps -= 1;
        continue;
      }
      assertCyclesConserved(world.state);
      if (this.#recount) recountCycles(world.state);
      const report: StepReport = {
        step: world.state.executedSteps,
        timeNanos: world.state.timeNanos,
        ...callerOf(item),
        burnedCycles: world.state.cycles.burned - burnedBefore,
        ...outcome,
      };
      world.emit({ event: 'step', ...report });
      return report;
    }
    return undefined;
  }

  /**
   * Steps until nothing can run at the current time.
   *
   * @param maximumSteps default 1,000,000
   * @returns how many steps were executed
   */
  run(maximumSteps = defaultMaximumSteps): number {
    let steps = 0;
    while (steps < maximumSteps && this.step() !== undefined) steps += 1;
    return steps;
  }

  /**
   * Executes one round as a block of the IC does: heartbeats and due timers, then messages until none can run or the
   * round's instructions are used up. Timers set meanwhile wait for the next round. The clock stays where it is.
   *
   * @param instructionLimit the rest waits for the next round once so many were executed; default 4 billion
   * @returns how many steps were executed
   */
  executeRound(instructionLimit = roundInstructionLimit): number {
    const world = this.#world;
    world.state.roundRequested = true;
    let instructions = 0n;
    for (let steps = 0; ; steps += 1) {
      const report = instructions < instructionLimit && isRoundOpen(world) ? this.step() : undefined;
      if (report === undefined) return steps;
      instructions += report.instructions;
    }
  }

  /** Moves the clock and executes nothing. @param milliseconds not negative */
  advanceTime(milliseconds: number): void {
    if (milliseconds < 0)
      throw new RangeError('Time does not go backwards: pass a duration of at least 0 ms.');
    this.#setTime(this.timeNanos + BigInt(Math.round(milliseconds * Number(nanosPerMillisecond))));
  }

  /**
   * Moves the clock to a time and executes nothing.
   *
   * @param timeNanos nanoseconds since 1970, not before the present time
   */
  advanceTimeTo(timeNanos: bigint): void {
    if (timeNanos < this.timeNanos)
      throw new RangeError(`Time does not go backwards: pass at least ${this.timeNanos} ns.`);
    this.#setTime(timeNanos);
  }

  /** HTTP requests of canisters that wait for {@link answerHttpOutcall}, oldest first. After 60 s they are rejected. */
  pendingHttpOutcalls(): readonly HttpOutcall[] {
    return [...this.#world.state.httpOutcalls.values()].map(({ outcall }) => outcall);
  }

  /**
   * Answers an HTTP request of a canister: its transform function is asked now, and the canister gets the result with
   * later steps.
   *
   * @param answers one that all nodes of the subnet got, or one of each of the 13
   * @throws HttpOutcallNotPendingError, RangeError for another number of answers
   */
  answerHttpOutcall(id: number, ...answers: readonly HttpOutcallAnswer[]): void {
    answerHttpOutcall(this.#world, id, answers);
  }

  /** The earliest timer, deadline or held message in the future. */
  nextEventTimeNanos(): bigint | undefined {
    return nextEventTimeNanos(this.#world);
  }

  /** Executes everything that happens in so many milliseconds, hopping from event to event. */
  runFor(milliseconds: number): void {
    const end = this.timeNanos + BigInt(Math.round(milliseconds * Number(nanosPerMillisecond)));
    this.run();
    for (
      let next = this.nextEventTimeNanos();
      next !== undefined && next <= end;
      next = this.nextEventTimeNanos()
    ) {
      this.#setTime(next);
      this.run();
    }
    this.#setTime(end);
    this.run();
  }

  /** Changes what creating a canister costs, for creations executed from now on. @param cycles not negative */
  setCreationFee(cycles: bigint): void {
    if (cycles < 0n) throw new RangeError('A fee is not negative: pass at least 0 cycles.');
    this.#world.state.creationFeeCycles = cycles;
  }

  /**
   * Gives a canister cycles out of nothing, without a message.
   *
   * @param cycles not negative
   * @returns the balance after it
   * @throws Error when there is no such canister
   */
  addCycles(id: Principal, cycles: bigint): bigint {
    return giveCycles(this.#world, this.#require(id), cycles);
  }

  /** A copy of a canister's stable memory; empty while it has no code. @throws Error when there is no such canister */
  stableMemory(id: Principal): Uint8Array {
    return readStableMemory(this.#require(id));
  }

  /** Replaces a canister's stable memory. @throws Error when there is no such canister, or it has no code */
  setStableMemory(id: Principal, bytes: Uint8Array): void {
    replaceStableMemory(this.#require(id), bytes);
  }

  /** Freezes the whole network. Cheap: memories are shared until they change. */
  checkpoint(): NetworkCheckpoint {
    return { state: cloneState(this.#world.state) };
  }

  /**
   * Returns to a checkpoint; it can be restored any number of times.
   *
   * @param seed goes on with messages shuffled by this seed, unsigned 32 bits; default: as at the checkpoint
   */
  restore(checkpoint: NetworkCheckpoint, seed?: number): void {
    const state = cloneState(checkpoint.state);
    if (seed !== undefined) state.shuffle = seed >>> 0;
    this.#world.state = state;
  }

  /** @throws Error when there is no such canister */
  canister(id: Principal): CanisterView {
    return viewOf(this.#require(id));
  }

  hasCanister(id: Principal): boolean {
    return findCanister(this.#world, id) !== undefined;
  }

  /** Whether a canister with this id is here, or could be. */
  isOwnCanisterId(id: Principal): boolean {
    return isInCanisterRange(id) || this.hasCanister(id);
  }

  /** The ids this network gives out. */
  get canisterRange(): CanisterRange {
    return ownCanisterRange;
  }

  /** The ids that belong to this network, in order: those it gives out, and those of canisters at fixed ids. */
  canisterRanges(): CanisterRange[] {
    return canisterRanges(this.#world.state);
  }

  metrics(): NetworkMetrics {
    return metricsOf(this.#world.state);
  }

  /** All canisters, in the order of their creation. */
  canisterIds(): Principal[] {
    return [...this.#world.state.canisters.values()].map(({ id }) => id);
  }

  /** Recomputes from all holders where cycles are. @throws CyclesNotConservedError */
  checkCycles(): void {
    recountCycles(this.#world.state);
  }

  #require(id: Principal): CanisterState {
    const canister = findCanister(this.#world, id);
    if (canister === undefined) throw new Error(`There is no canister ${id.toText()} in this network.`);
    return canister;
  }

  #setTime(timeNanos: bigint): void {
    if (timeNanos === this.timeNanos) return;
    this.#world.state.timeNanos = timeNanos;
    this.#world.state.roundRequested = true;
    forgetOldRequests(this.#world.state);
  }

  #await(id: IngressId, call: UpdateCall): Uint8Array {
    const giveUpAt = this.timeNanos + longestWaitNanos;
    for (let steps = 0; steps < defaultMaximumSteps; steps += 1) {
      const status = this.ingressStatus(id);
      if (status.status === 'replied') return status.reply;
      if (status.status === 'rejected') throw new CallRejectedError(status);
      if (this.step() !== undefined) continue;
      const next = this.nextEventTimeNanos();
      if (next === undefined || next > giveUpAt) break;
      this.#setTime(next);
    }
    throw new CallNotAnsweredError(
      `'${call.method}' on ${call.canisterId.toText()} is not answered and nothing that could answer it is due within an hour: ` +
        'a canister waits for a call that never returns, or has too much to do.',
    );
  }
}

function callerOf(item: WorkItem): Pick<StepReport, 'caller'> {
  if (item.kind === 'task' || item.message.kind === 'response') return {};
  return { caller: item.message.sender.toText() };
}
