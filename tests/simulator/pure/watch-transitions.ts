import type { Principal } from '@dfinity/principal';
import type { SagaRecord, SagaStatus } from '../../../src/saga/index.ts';
import type { ProvisioningFacts } from '../../../src/manager/provisioning/facts.ts';
import { promise, shown } from './broken-promise.ts';
import { canisterIdIn } from './ic-model-candid.ts';
import type { Answer } from './ic-model.ts';
import { bytesOfText } from './journaled-map.ts';
import type { Change } from './journaled-map.ts';
import type { Executed, SentCall } from './manager-canister.ts';
import { rememberMap, rememberSet } from './remembering.ts';
import type { Remembering } from './remembering.ts';
import { msNs } from './virtual-time.ts';
import type { Observer, World } from './world.ts';

export type Saga = SagaRecord<ProvisioningFacts>;

/** First bytes of the engine's keys (`src/saga/store/keys.ts`). */
const recordPrefix = 0x01;
const recordsMemoryId = 0;
const idBytes = 8;
/** Fewer would not do for an installation; the configuration asks for more. */
const minimumCycles = 100_000_000_000n;

const millisecondsPerDay = 86_400_000n;
const amplyCallFeeCycles = 1_000_000_000n;

/** Methods that change something: at most one such call of a job may be under way. */
const effectMethods = new Set(['create_canister', 'install_chunked_code', 'update_settings']);

/** What is not known about a job's calls. */
interface Doubts {
  /** Effects sent and not answered, by call id. */
  readonly underWay: Map<number, string>;
  /** Effects that were answered "unknown", or whose answer was lost, and about which nothing was read since. */
  readonly unread: Set<string>;
}

/**
 * Looks at every message of the Manager as soon as it has committed, and holds what it wrote and sent against the
 * promises that hold at every moment.
 */
export class TransitionWatch implements Observer, Remembering {
  readonly sagas = new Map<bigint, Saga>();
  /** Attached to a job's calls and not refunded. */
  readonly spent = new Map<bigint, bigint>();
  /** How many of a job's calls took cycles along. */
  readonly dearCalls = new Map<bigint, number>();
  /** Jobs about which a person said something false: what is promised of them is less. */
  readonly misledJobs = new Set<bigint>();
  private readonly doubts = new Map<bigint, Doubts>();
  private readonly jobOfCall = new Map<number, bigint>();
  private readonly usedCallIds = new Set<number>();
  /** What was attached to jobs' calls by day, and a fee for each call that is more than any is. */
  private readonly sentOnDay = new Map<number, bigint>();
  /**
   * Jobs that were open when the Manager was set back: what it did for them since, it does not know, and what it had read
   * about canisters before, it believes once more.
   */
  readonly setBackJobs = new Set<bigint>();
  /** Canisters that the Manager was told it has made, by answers that it has not forgotten since. */
  readonly toldCanisters = new Set<Principal>();
  /** The Manager's version when it last forgot something: canisters it asked for before may be anybody's. */
  lifeBeganAtVersion = 0n;

  constructor(private readonly world: World) {}

  remember(): () => void {
    const maps = [rememberMap(this.sagas), rememberMap(this.spent), rememberMap(this.jobOfCall)];
    const recalls = [...maps, rememberMap(this.dearCalls), rememberSet(this.misledJobs)];
    return () => {
      for (const recall of recalls) recall();
    };
  }

  /** The Manager has forgotten something, or everything: what was in doubt about calls that it made is no more. */
  beginLife(): void {
    this.doubts.clear();
    this.toldCanisters.clear();
    if (this.sagas.size === 0) this.setBackJobs.clear();
    for (const { id, status } of this.sagas.values()) if (!this.isEnded(status)) this.setBackJobs.add(id);
    this.lifeBeganAtVersion = this.world.manager.version;
  }

  /** Whether a job has sent an effect that was not answered. */
  hasCallsUnderWay(id: bigint): boolean {
    return this.doubtsOf(id).underWay.size > 0;
  }

  /** What jobs can have spent today, at most. */
  atMostSpentToday(): bigint {
    return this.sentOnDay.get(this.today()) ?? 0n;
  }

  readonly onExecuted = (executed: Executed): void => {
    for (const id of changedSagas(executed.changes)) this.checkSaga(id);
    for (const call of executed.calls) this.checkCall(call);
  };

  readonly onEffect = (call: SentCall, answer: Answer): void => {
    const id = this.jobOfCall.get(call.callId);
    // Refused: whoever finds that out by reading may go on, although the refusal itself is still under way.
    if (id !== undefined && answer.kind === 'reject') this.doubtsOf(id).underWay.delete(call.callId);
    if (answer.kind === 'reply' && effectMethods.has(call.method))
      this.world.marks.hit(`effect ${call.method}`);
  };

  readonly onResponse = (call: SentCall, answer: Answer, isLost: boolean): void => {
    if (call.method === 'create_canister' && answer.kind === 'reply' && !isLost) {
      const told = canisterIdIn(answer.bytes);
      if (told) this.toldCanisters.add(told);
    }
    const id = this.jobOfCall.get(call.callId);
    if (id === undefined) return;
    this.spent.set(id, (this.spent.get(id) ?? 0n) + call.cycles - answer.refundedCycles);
    const doubts = this.doubtsOf(id);
    if (!effectMethods.has(call.method)) {
      // Something was read about the canister: whatever was in doubt can now be known.
      if (answer.kind === 'reply' && !isLost && call.method.startsWith('canister_')) doubts.unread.clear();
      return;
    }
    doubts.underWay.delete(call.callId);
    if (isLost || (answer.kind === 'reject' && answer.code === 6)) doubts.unread.add(call.method);
  };

  /**
   * A person is about to say what became of a job's step.
   *
   * @param isTrue otherwise it is no wonder if something is made twice
   * @returns takes that back, where nobody listened
   */
  settleDoubts(id: bigint, isTrue: boolean): () => void {
    const { unread } = this.doubtsOf(id);
    const recalls = [rememberSet(unread), rememberSet(this.misledJobs)];
    unread.clear();
    if (!isTrue) this.misledJobs.add(id);
    return () => {
      for (const recall of recalls) recall();
    };
  }

  private today(): number {
    return Number(this.world.nowNs / msNs / millisecondsPerDay);
  }

  private doubtsOf(id: bigint): Doubts {
    const known = this.doubts.get(id) ?? { underWay: new Map(), unread: new Set() };
    this.doubts.set(id, known);
    return known;
  }

  private checkSaga(id: bigint): void {
    const { sagas } = this.world.manager.stores;
    const after = sagas.get(id);
    promise(after !== undefined, 'no job is lost', () => `job ${id} is gone`);
    const before = this.sagas.get(id);
    this.sagas.set(id, after);
    if (!before) {
      promise(after.version === 0 || after.status !== 'completed', 'a job begins', () => shown(after));
      this.world.marks.hit('job accepted');
      return;
    }
    this.checkEdge(before, after);
    if (after.compensating && !before.compensating) {
      const { unread, underWay } = this.doubtsOf(id);
      const doubts = [...unread, ...underWay.values()].filter((method) => method !== 'create_canister');
      promise(
        doubts.length === 0,
        'no compensation from unknown',
        () => `job ${id} turned round: ${doubts.join(' ')}`,
      );
    }
    this.checkAttempt(before, after);
    promise(
      after.version >= before.version,
      'versions rise',
      () => `job ${id}: ${before.version} to ${after.version}`,
    );
    if (this.isEnded(before.status)) {
      promise(
        shown(before.facts.greeterId) === shown(after.facts.greeterId) && before.cursor === after.cursor,
        'ends are final',
        () => `job ${id}: ${shown(before)} became ${shown(after)}`,
      );
    }
    if (!before.facts.greeterId && after.facts.greeterId) {
      if (after.facts.isReused) this.checkReused(after);
      else this.checkChild(after, after.facts.greeterId);
    }
    this.note(before, after);
  }

  private checkEdge(before: Saga, after: Saga): void {
    if (before.status === after.status) return;
    this.world.marks.hit(`edge ${before.status} to ${after.status}`);
    const steps = Math.max(1, after.version - before.version);
    promise(
      this.leadsTo(before.status, after.status, steps),
      'status moves only along listed edges',
      () => `job ${after.id}: ${before.status} to ${after.status} in ${steps} events`,
    );
  }

  /** One message may hold several events of a job. */
  private leadsTo(from: SagaStatus, to: SagaStatus, steps: number): boolean {
    const { statusEdges } = this.world.manager.stores;
    let reached = new Set<SagaStatus>([from]);
    for (let step = 0; step < steps; step += 1) {
      reached = new Set([...reached].flatMap((status) => [status, ...statusEdges[status]]));
    }
    return reached.has(to);
  }

  /** A canister that was made is only given to the job it was made for. */
  private checkChild({ id }: Saga, greeterId: Uint8Array): void {
    const canister = this.world.ic.canisters.get(Buffer.from(greeterId).toString('hex').toUpperCase());
    promise(
      canister?.isManagers === true && canister.environment[0]?.value === id.toString(),
      'a job gets the canister that was made for it',
      () => `job ${id}: ${shown(canister)}`,
    );
  }

  /** A vacant canister that a job takes is fit for it. */
  private checkReused({ id, facts }: Saga): void {
    const { ic, calls, managerId, marks } = this.world;
    marks.hit('vacant canister taken');
    const hex = Buffer.from(facts.greeterId ?? [])
      .toString('hex')
      .toUpperCase();
    const canister = ic.canisters.get(hex);
    promise(canister !== undefined, 'a canister that is taken exists', () => `job ${id}: ${hex}`);
    promise(
      canister.seen.cycles >= minimumCycles,
      'a canister that is taken has cycles',
      () => `job ${id}: ${canister.seen.cycles}`,
    );
    promise(canister.seen.isRunning, 'a canister that is taken runs', () => `job ${id}: ${hex}`);
    if (calls.lateEffects > 0) return;
    const isOurs =
      canister.controllers.length === 1 && canister.controllers[0]?.compareTo(managerId) === 'eq';
    promise(isOurs && !canister.module, 'a canister that is taken is empty', () => `job ${id}: ${hex}`);
  }

  /** What a new attempt may be for, and when. */
  private checkAttempt(before: Saga, after: Saga): void {
    const { openAttempt: open } = after;
    if (open && open.serial !== before.openAttempt?.serial) {
      const unknown = before.steps.findIndex(({ state }) => state === 'outcomeUnknown');
      promise(
        unknown < 0 || open.phase === 'reconcile',
        open.phase === 'compensate'
          ? 'no compensation from unknown'
          : 'an unknown effect is never blindly repeated',
        () => `job ${after.id} opened ${shown(open)} while step ${unknown} is unknown`,
      );
    }
    const step = after.steps[after.cursor];
    const definition = this.world.manager.stores.sagas.definition(after.definitionName).steps[after.cursor];
    if (!step || !definition || after.status !== 'waitingRetry' || before.status === 'waitingRetry') return;
    if (
      step.lastError?.class !== 'retryable' ||
      step.attempt === 0 ||
      before.steps[after.cursor]?.attempt === 0
    )
      return;
    const { initialIntervalMs, backoffCoefficient, maximumIntervalMs } = definition.retry;
    const interval = Math.min(
      maximumIntervalMs,
      initialIntervalMs * backoffCoefficient ** (step.attempt - 1),
    );
    const waitMs = (after.dueAtMs ?? 0) - after.updatedAtMs;
    promise(
      waitMs >= interval * 0.7,
      'backoff respects the policy',
      () => `job ${after.id} ${definition.name}: attempt ${step.attempt} failed, the next after ${waitMs} ms`,
    );
    const isRateLimited = step.lastError.code === 'rateLimited';
    promise(
      !isRateLimited || waitMs >= 4 * 60_000,
      'a rate limit is respected',
      () => `job ${after.id}: rate limited, the next after ${waitMs} ms`,
    );
  }

  private isEnded(status: SagaStatus): boolean {
    return this.world.manager.stores.isEnded(status);
  }

  /** Marks worth having: what a batch of runs must have met. */
  private note(before: Saga, after: Saga): void {
    const { marks } = this.world;
    if (after.parked && after.parked.reason !== before.parked?.reason)
      marks.hit(`parked ${after.parked.reason}`);
    if (after.lateAnswers > before.lateAnswers) marks.hit('late answer');
    if (after.parked && !before.parked && after.steps[after.cursor]?.lastError?.code === 'templateRejected')
      marks.hit('parked: template rejected');
    after.steps.forEach((step, index) => {
      const was = before.steps[index];
      if (!was || was.state === step.state) return;
      const { name } = this.world.manager.stores.sagas.definition(after.definitionName).steps[index] ?? {
        name: '?',
      };
      if (was.state === 'outcomeUnknown' && step.state === 'succeeded')
        marks.hit(`unknown ${name} turned out applied`);
      if (was.state === 'outcomeUnknown' && step.state === 'waitingRetry')
        marks.hit(`unknown ${name} turned out not applied`);
      if (step.state === 'outcomeUnknown') marks.hit(`unknown ${name}`);
      if (step.state === 'compensated') marks.hit(`compensated ${name}`);
    });
  }

  private checkCall(call: SentCall): void {
    const { stores } = this.world.manager;
    promise(
      !this.usedCallIds.has(call.callId),
      'call ids never repeat',
      () => `${call.callId} again for ${call.method}`,
    );
    this.usedCallIds.add(call.callId);
    const route = stores.readCallRoute(call.callId);
    promise(route !== undefined, 'intent before call', () => `${call.method} ${call.callId} has no route`);
    if (route.kind !== 'attempt') return;
    const { sagaId, ticket } = route;
    this.jobOfCall.set(call.callId, sagaId);
    if (call.cycles > 0n) this.dearCalls.set(sagaId, (this.dearCalls.get(sagaId) ?? 0) + 1);
    this.sentOnDay.set(this.today(), this.atMostSpentToday() + call.cycles + amplyCallFeeCycles);
    const saga = this.sagas.get(sagaId);
    const open = saga?.openAttempt;
    const isOpen = open?.serial === ticket.serial && open.epoch === ticket.epoch;
    // A reading may be overtaken by the answer itself, found in the same message.
    const isOvertaken = !effectMethods.has(call.method) && !open && ticket.serial === saga?.attempts;
    promise(
      isOpen || isOvertaken,
      'intent before call',
      () =>
        `${call.method} ${call.callId} of job ${sagaId}: its record has ${shown(open)}, the route ${shown(ticket)}`,
    );
    if (!open) return;
    if (effectMethods.has(call.method)) this.checkEffectCall(call, sagaId);
    promise(
      open.leaseUntilMs > Number(this.world.nowNs / 1_000_000n),
      'a call has a lease',
      () => `${call.method} of job ${sagaId}`,
    );
  }

  /** Whether a canister was made for the job that the Manager does not know of: no second one may be made. */
  private hasUnknownChild(sagaId: bigint): boolean {
    const { canisterAccount } = this.world.manager.stores;
    const tag = sagaId.toString();
    return this.world.ic
      .managersCanisters()
      .some(
        ({ id, environment, bornAtVersion }) =>
          environment[0]?.value === tag &&
          bornAtVersion > this.lifeBeganAtVersion &&
          !canisterAccount(id.toUint8Array()),
      );
  }

  private checkEffectCall({ method, callId }: SentCall, sagaId: bigint): void {
    const { underWay, unread } = this.doubtsOf(sagaId);
    const isChildless = this.misledJobs.has(sagaId) || !this.hasUnknownChild(sagaId);
    const isInDoubt = method === 'create_canister' ? !isChildless : unread.has(method);
    promise(
      !isInDoubt,
      'an unknown effect is never blindly repeated',
      () => `job ${sagaId} calls ${method} again`,
    );
    // One that was found by reading may still be unanswered when the next step begins; it is never sent twice.
    promise(
      ![...underWay.values()].includes(method),
      'one effect of a job at a time',
      () => `job ${sagaId}: ${method} while ${[...underWay.keys()].join(' ')} is open`,
    );
    underWay.set(callId, method);
  }
}

function changedSagas(changes: readonly Change[]): Set<bigint> {
  const ids = new Set<bigint>();
  for (const { map, key } of changes) {
    if (map.memoryId !== recordsMemoryId || key.charCodeAt(0) !== recordPrefix) continue;
    if (key.length !== 1 + idBytes) continue;
    const bytes = bytesOfText(key);
    ids.add(new DataView(bytes.buffer).getBigUint64(1));
  }
  return ids;
}
