import type { Principal } from '@dfinity/principal';
import { promise, shown } from './broken-promise.ts';
import { answerOf } from './manager-client.ts';
import type { ManagerClient } from './manager-client.ts';
import { rememberMap, rememberSet } from './remembering.ts';
import type { Remembering } from './remembering.ts';
import { Truth } from './truth.ts';
import type { Saga, TransitionWatch } from './watch-transitions.ts';
import type { World } from './world.ts';

const minuteMs = 60_000;
/** The operator looks at the parked jobs so often, for so long. */
const roundMs = 10 * minuteMs;
const maximumRounds = 20;

/** Which canister the operator wants adopted, and for whom. */
export type AdoptionWish =
  /** The one that a job's creation made, for that job. */
  | 'own'
  /** One that was made for another job, or that others made, for a job. */
  | 'wrong'
  /** One that nobody accounts for, for nobody. */
  | 'vacant'
  /** One that a job has. */
  | 'taken';

/** What the operator does about jobs that are parked and nobody knows why. */
export type DutyAction =
  | {
      readonly kind: 'resolve';
      /** What is claimed is what the network knows. */
      readonly isTrue: boolean;
      /** Also asked for at once, about whatever job there is. */
      readonly isBlind: boolean;
    }
  | { readonly kind: 'adopt'; readonly wish: AdoptionWish };

/** An operator who looks after parked jobs, says what became of them, truly or not, and adopts canisters. */
export class OperatorOnDuty implements Remembering {
  /** Canisters that became vacant by adoption. */
  readonly adopted = new Set<string>();
  private readonly wishes = new Map<string, { readonly canisterId: Principal; readonly jobId?: bigint }>();
  private readonly truth: Truth;

  constructor(
    private readonly world: World,
    private readonly watch: TransitionWatch,
    private readonly client: ManagerClient,
  ) {
    this.truth = new Truth(world, watch);
  }

  remember(): () => void {
    const recalls = [rememberSet(this.adopted), rememberMap(this.wishes)];
    return () => {
      for (const recall of recalls) recall();
    };
  }

  perform(action: DutyAction): void {
    if (action.kind === 'resolve' && action.isBlind) this.resolveBlindly();
    this.goRound(action, new Set(), maximumRounds);
  }

  /** Asks for a canister to become vacant. */
  adoptAsVacant(canisterId: Principal): string {
    return this.adopt(canisterId);
  }

  /** What came of adoptions must be what the network would say. */
  audit(): void {
    const { readAdoption } = this.world.manager.stores;
    for (const [hex, { canisterId, jobId }] of this.wishes) {
      const adoption = readAdoption(canisterId.toUint8Array());
      if (!adoption || adoption.state === 'reading') continue;
      const target = adoption.jobId === 0n ? 'as vacant' : 'for its job';
      this.world.marks.hit(`adoption ${adoption.state}${adoption.state === 'adopted' ? ` ${target}` : ''}`);
      this.wishes.delete(hex);
      if (adoption.state !== 'adopted') continue;
      const canister = this.world.ic.canisters.get(hex);
      promise(canister?.isManagers === true, 'only the Manager’s own is adopted', () => hex);
      if (jobId === undefined) this.adopted.add(hex);
    }
  }

  private goRound(action: DutyAction, seen: Set<bigint>, rounds: number): void {
    for (const saga of this.watch.sagas.values()) {
      if (saga.status !== 'parked' || seen.has(saga.id)) continue;
      const isDone =
        action.kind === 'resolve' ? this.resolve(saga, action.isTrue) : this.help(saga, action.wish);
      if (isDone) seen.add(saga.id);
    }
    if (rounds === 0) return;
    this.world.after(roundMs, () => {
      this.goRound(action, seen, rounds - 1);
    });
  }

  /** About the first job there is, which most likely does not wait for anybody's word. */
  private resolveBlindly(): void {
    const [saga] = this.watch.sagas.values();
    if (!saga || this.world.manager.stores.sagas.allowedActions(saga).includes('resolve')) return;
    const answer = answerOf(this.client.resolve(saga.id, 'notApplied', 'a guess'));
    this.world.marks.hit(`resolveStep answered ${answer}`);
    promise(answer !== 'Ok', 'what is known is not up to anybody', () => `job ${saga.id}: ${shown(saga)}`);
  }

  /** @returns whether there was something to say */
  private resolve(saga: Saga, isTrue: boolean): boolean {
    const { sagas } = this.world.manager.stores;
    if (!sagas.allowedActions(saga).includes('resolve')) return false;
    const truth = this.truth.about(saga);
    if (truth === undefined) return false;
    const finding = truth === isTrue ? 'applied' : 'notApplied';
    const isNameless = finding === 'applied' && saga.cursor === 0 && !saga.compensating;
    const evidence = `seen at ${this.world.nowNs}`;
    const unsaid = this.watch.settleDoubts(saga.id, isTrue);
    const result = this.client.resolve(saga.id, finding, evidence);
    const answer = answerOf(result);
    if (answer !== 'Ok') unsaid();
    this.world.note(() => `resolveStep of job ${saga.id}, ${finding}: ${answer}`);
    this.world.marks.hit(`resolveStep answered ${answer}`);
    if (answer === 'nothing') return false;
    promise(
      isNameless ? answer === 'InvalidRequest' : answer === 'Ok',
      'what nobody knows, an operator may say',
      () => `job ${saga.id}, ${finding}: ${shown(result)}`,
    );
    if (answer !== 'Ok') return true;
    this.world.marks.hit(`resolved ${finding}, which was ${isTrue ? 'true' : 'false'}`);
    this.requireHeard(saga, finding, evidence);
    return true;
  }

  /** What was said is on record with its evidence, and counts. */
  private requireHeard(before: Saga, finding: string, evidence: string): void {
    const after = this.watch.sagas.get(before.id);
    const step = after?.steps[before.cursor];
    const label = (): string => `job ${before.id}, ${finding}: ${shown(after)}`;
    promise(step?.evidence === evidence, 'the evidence of a person is kept', label);
    // A job that was cancelled meanwhile turns round at once.
    const done = before.compensating ? ['compensated'] : ['succeeded', 'compensating', 'compensated'];
    const isBelieved = done.includes(step.state) === (finding === 'applied');
    promise(isBelieved, 'what an operator says counts', label);
  }

  /** @returns whether there was something to adopt */
  private help(saga: Saga, wish: AdoptionWish): boolean {
    const isWithoutCanister =
      saga.cursor === 0 &&
      !saga.compensating &&
      this.world.manager.stores.sagas.allowedActions(saga).includes('resolve');
    if (wish === 'vacant') {
      const [canister] = this.truth.unaccounted();
      if (canister) this.adopt(canister.id);
      return canister !== undefined;
    }
    if (wish === 'taken') {
      const { greeterId } = [...this.watch.sagas.values()].find(({ facts }) => facts.greeterId)?.facts ?? {};
      const taken = [...this.world.ic.canisters.values()].find(
        ({ id }) => greeterId && Buffer.compare(id.toUint8Array(), greeterId) === 0,
      );
      if (taken) this.adopt(taken.id, saga.id);
      return taken !== undefined;
    }
    const own = this.truth.child(saga.id);
    const others = [...this.truth.unaccounted(), ...this.world.ic.canisters.values()];
    const canister = wish === 'own' ? own : others.find((other) => other !== own);
    if (!canister) return false;
    this.adopt(canister.id, saga.id);
    // Asked for again, for as long as nobody can read what it is.
    return !isWithoutCanister;
  }

  private adopt(canisterId: Principal, jobId?: bigint): string {
    const answer = answerOf(this.client.adopt(canisterId, jobId));
    this.world.note(() => `adoptCanister ${canisterId.toText()} for job ${jobId ?? 'none'}: ${answer}`);
    this.world.marks.hit(`adoptCanister answered ${answer}`);
    if (answer === 'Ok') {
      this.wishes.set(canisterId.toHex(), { canisterId, ...(jobId === undefined ? {} : { jobId }) });
    }
    return answer;
  }
}
