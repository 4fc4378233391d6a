import type { Principal } from '@dfinity/principal';
import { defaultConfiguration } from '../../../src/manager/configuration/configuration.ts';
import { Admissions, priceCycles } from './admissions.ts';
import type { Admittance, Offer } from './admissions.ts';
import { BrokenPromise, promise, shown } from './broken-promise.ts';
import type { BudgetName, Budgets } from './budgets.ts';
import { user } from './identities.ts';
import type { ManagerClient, Variant } from './manager-client.ts';
import { rememberMap } from './remembering.ts';
import type { Remembering } from './remembering.ts';
import type { TemplateShelf } from './template-shelf.ts';
import type { TransitionWatch } from './watch-transitions.ts';
import type { World } from './world.ts';

/** What a user was promised. */
export interface AcceptedJob {
  readonly id: bigint;
  readonly owner: Principal;
  readonly greeting: string | undefined;
  readonly templateVersion: string | undefined;
  readonly admittance: Admittance;
}

export interface GreeterRequest {
  readonly user: number;
  readonly key?: string;
  readonly greeting?: string;
  /** An invitation code. */
  readonly code?: string;
  /** Attached cycles, in percent of the price. */
  readonly percentOfPrice?: number;
}

/** Those who want Greeters: they call the Manager, remember its answers, and hold it to them. */
export class Users implements Remembering {
  readonly jobs = new Map<bigint, AcceptedJob>();
  /** What the Manager has taken from each caller, by principal. */
  readonly paidCycles = new Map<string, bigint>();
  private readonly jobOfKey = new Map<string, AcceptedJob>();

  constructor(
    private readonly world: World,
    private readonly watch: TransitionWatch,
    private readonly client: ManagerClient,
    private readonly admissions: Admissions,
    private readonly budgets: Budgets,
    private readonly shelf: TemplateShelf,
  ) {}

  remember(): () => void {
    const recalls = [rememberMap(this.jobs), rememberMap(this.paidCycles), rememberMap(this.jobOfKey)];
    return () => {
      for (const recall of recalls) recall();
    };
  }

  /** A request; with a key it is repeated until it is answered, as a careful user does. */
  request(request: GreeterRequest, repetitions = 5): void {
    const owner = user(request.user);
    const openBefore = this.openJobsOf(owner);
    const attachedCycles = (priceCycles * BigInt(request.percentOfPrice ?? 0)) / 100n;
    const creditCycles = this.world.manager.stores.ledger.caller(owner.toUint8Array()).creditCycles;
    // Only canisters can attach cycles.
    const options = attachedCycles > 0n ? { cycles: attachedCycles, isFromCanister: true } : {};
    const answered = this.client.createGreeter(owner, request, options);
    if (!answered) {
      this.world.marks.hit('request not answered');
      if (request.key === undefined || repetitions === 0) return;
      this.world.after(7_000, () => {
        this.request(request, repetitions - 1);
      });
      return;
    }
    const { result, acceptedCycles } = answered;
    const { code } = request;
    const offer = { attachedCycles, creditCycles, acceptedCycles, ...(code === undefined ? {} : { code }) };
    if (result['Ok'] !== undefined) this.accepted(owner, request, offer, result['Ok'] as never, openBefore);
    else this.refused(owner, request, offer, result['Err'] as Variant, openBefore);
  }

  /** Jobs that a code has admitted. @param isCounted which of them */
  admittedBy(code: string, isCounted: (id: bigint) => boolean = () => true): number {
    return [...this.jobs.values()].filter(({ id, admittance }) => admittance.code === code && isCounted(id))
      .length;
  }

  private accepted(
    owner: Principal,
    request: GreeterRequest,
    offer: Offer,
    { outcome, job }: { outcome: Variant; job: { id: bigint; owner: Principal; templateVersion: string[] } },
    openBefore: number,
  ): void {
    const known = this.known(request);
    const isNew = 'created' in outcome;
    promise(job.owner.compareTo(owner) === 'eq', "a job is its caller's", () => shown(job.id));
    if (known) {
      promise(
        known.id === job.id && !isNew,
        'same key, same job',
        () => `${shown(request)}: job ${job.id}, before ${known.id}`,
      );
      promise(known.greeting === request.greeting, 'another payload is a conflict', () => shown(request));
      promise(offer.acceptedCycles === 0n, 'a job is paid for once', () => shown(request));
      this.world.marks.hit('same key, same job');
      return;
    }
    promise(isNew && !this.jobs.has(job.id), 'job ids never repeat', () => `job ${job.id}`);
    promise(
      openBefore < defaultConfiguration.maximumOpenJobsPerCaller,
      'open jobs per caller are limited',
      () => `${openBefore} open jobs, and one more was accepted`,
    );
    const [templateVersion] = job.templateVersion;
    promise(
      templateVersion !== undefined && templateVersion === this.shelf.active,
      'a job gets the active template',
      () => `job ${job.id}: ${shown(templateVersion)}, active is ${shown(this.shelf.active)}`,
    );
    const admittance = this.admissions.admitted(owner, offer, (code) => this.bearersOf(code));
    this.budgets.admitted(owner);
    this.paidCycles.set(owner.toHex(), (this.paidCycles.get(owner.toHex()) ?? 0n) + offer.acceptedCycles);
    const accepted = { id: job.id, owner, greeting: request.greeting, templateVersion, admittance };
    this.jobs.set(job.id, accepted);
    if (request.key !== undefined) this.jobOfKey.set(`${request.user} ${request.key}`, accepted);
  }

  private refused(
    owner: Principal,
    request: GreeterRequest,
    offer: Offer,
    error: Variant,
    openBefore: number,
  ): void {
    const [name = ''] = Object.keys(error);
    this.world.marks.hit(`refused ${name}`);
    this.admissions.refused(owner, name, offer, (code) => this.admittedBy(code));
    const known = this.known(request);
    if (known) {
      const isConflict = name === 'KeyConflict' && known.greeting !== request.greeting;
      promise(
        isConflict,
        'same key, same job',
        () => `${shown(request)} of job ${known.id}: ${shown(error)}`,
      );
      return;
    }
    switch (name) {
      case 'TooManyOpenJobs':
        promise(
          openBefore >= defaultConfiguration.maximumOpenJobsPerCaller,
          'ended jobs free their place',
          () => `${owner.toText()} has ${openBefore} open jobs and was refused`,
        );
        return;
      case 'BudgetExhausted':
        this.budgets.refused(owner, (error['BudgetExhausted'] as { budget: BudgetName }).budget);
        return;
      case 'NoActiveTemplate':
        promise(this.shelf.active === undefined, 'refusals have a reason', () => shown(this.shelf.active));
        return;
      case 'InsufficientCycles':
      case 'QueuePaused':
      case 'NotAdmitted':
      case 'PaymentRequired':
        return;
      default:
        throw new BrokenPromise('refusals have a reason', `${shown(request)}: ${shown(error)}`);
    }
  }

  private known(request: GreeterRequest): AcceptedJob | undefined {
    return request.key === undefined ? undefined : this.jobOfKey.get(`${request.user} ${request.key}`);
  }

  /** What a code was used for is given back only where no Greeter came of it. */
  private bearersOf(code: string): number {
    return this.admittedBy(code, (id) => {
      const status = this.watch.sagas.get(id)?.status;
      return status !== 'compensated' && status !== 'terminated';
    });
  }

  private openJobsOf(owner: Principal): number {
    const { isEnded } = this.world.manager.stores;
    const hex = owner.toHex();
    return [...this.watch.sagas.values()].filter(
      ({ status, facts }) =>
        !isEnded(status) && Buffer.from(facts.owner).toString('hex').toUpperCase() === hex,
    ).length;
  }
}
