import type { Principal } from '@dfinity/principal';
import { defaultConfiguration } from '../../../src/manager/configuration/configuration.ts';
import { BrokenPromise, promise, shown } from './broken-promise.ts';
import { operator, user } from './identities.ts';
import { ManagerClient } from './manager-client.ts';
import type { Variant } from './manager-client.ts';
import type { TransitionWatch } from './watch-transitions.ts';
import type { World } from './world.ts';

/** What a user was promised. */
export interface AcceptedJob {
  readonly id: bigint;
  readonly owner: Principal;
  readonly greeting: string | undefined;
}

export interface GreeterRequest {
  readonly user: number;
  readonly key?: string;
  readonly greeting?: string;
}

export type JobVerb = 'retryJob' | 'cancelJob' | 'terminateJob';
export type QueueVerb = 'pauseQueue' | 'resumeQueue' | 'prepareUpgrade';

/** The users and the operator of a world: they call the Manager, remember its answers, and hold it to them. */
export class Population {
  readonly jobs = new Map<bigint, AcceptedJob>();
  readonly client: ManagerClient;
  /** Whose cancellation was accepted. */
  readonly cancelled = new Set<bigint>();
  private readonly jobOfKey = new Map<string, AcceptedJob>();
  private actions = 0;

  constructor(
    private readonly world: World,
    private readonly watch: TransitionWatch,
  ) {
    this.client = new ManagerClient(world);
  }

  /** A request; with a key it is repeated until it is answered, as a careful user does. */
  request(request: GreeterRequest, repetitions = 5): void {
    const owner = user(request.user);
    const openBefore = this.openJobsOf(owner);
    const result = this.client.createGreeter(owner, request);
    if (!result) {
      this.world.marks.hit('request not answered');
      if (request.key === undefined || repetitions === 0) return;
      this.world.after(7_000, () => {
        this.request(request, repetitions - 1);
      });
      return;
    }
    if (result['Ok'] !== undefined) this.accepted(owner, request, result['Ok'] as never, openBefore);
    else this.refused(owner, request, result['Err'] as Variant, openBefore);
  }

  /** The operator acts on one of the accepted jobs, counted from 0, or its owner does. */
  act(verb: JobVerb, jobNumber: number, byOwner = false): void {
    const job = [...this.jobs.values()][jobNumber];
    if (job) this.actOn(verb, job.id, byOwner ? job.owner : operator);
  }

  /** What is asked for twice under the same request id is done once. */
  actOn(verb: JobVerb, id: bigint, actor: Principal = operator): void {
    const requestId = `${verb} ${(this.actions += 1)}`;
    const versionBefore = this.watch.sagas.get(id)?.version;
    const answer = answerOf(this.client.act(actor, verb, id, requestId));
    this.world.note(() => `${verb} of job ${id}: ${answer}`);
    this.world.marks.hit(`${verb} answered ${answer}`);
    if (answer !== 'Ok') return;
    if (verb === 'cancelJob') this.cancelled.add(id);
    const version = this.watch.sagas.get(id)?.version;
    if (version !== versionBefore) {
      const row = this.world.manager.stores.auditRowOfRequest(actor.toUint8Array(), requestId);
      promise(row?.verb === verb, 'every action is on record', () => `${verb} of job ${id}`);
    }
    const again = answerOf(this.client.act(actor, verb, id, requestId));
    const versionAfter = this.watch.sagas.get(id)?.version;
    promise(
      again === 'nothing' || (again === 'Ok' && versionAfter === version),
      'a repeated request is done once',
      () => `${verb} of job ${id}: ${again}, version ${version ?? 0} became ${versionAfter ?? 0}`,
    );
  }

  /** The operator pauses, drains or resumes the queue. */
  control(verb: QueueVerb): void {
    const answer = answerOf(this.client.control(verb, `${verb} ${(this.actions += 1)}`));
    this.world.marks.hit(`${verb} answered ${answer}`);
  }

  private accepted(
    owner: Principal,
    request: GreeterRequest,
    { outcome, job }: { outcome: Variant; job: { id: bigint; owner: Principal } },
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
      this.world.marks.hit('same key, same job');
      return;
    }
    promise(isNew && !this.jobs.has(job.id), 'job ids never repeat', () => `job ${job.id}`);
    promise(
      openBefore < defaultConfiguration.maximumOpenJobsPerCaller,
      'open jobs per caller are limited',
      () => `${openBefore} open jobs, and one more was accepted`,
    );
    const accepted = { id: job.id, owner, greeting: request.greeting };
    this.jobs.set(job.id, accepted);
    if (request.key !== undefined) this.jobOfKey.set(`${request.user} ${request.key}`, accepted);
  }

  private refused(owner: Principal, request: GreeterRequest, error: Variant, openBefore: number): void {
    const [name = ''] = Object.keys(error);
    this.world.marks.hit(`refused ${name}`);
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
      case 'InsufficientCycles':
      case 'QueuePaused':
      case 'BudgetExhausted':
        return;
      default:
        throw new BrokenPromise('refusals have a reason', `${shown(request)}: ${shown(error)}`);
    }
  }

  private known(request: GreeterRequest): AcceptedJob | undefined {
    return request.key === undefined ? undefined : this.jobOfKey.get(`${request.user} ${request.key}`);
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

/** `Ok`, the name of an error, or `nothing`. */
function answerOf(result: Variant | undefined): string {
  if (!result) return 'nothing';
  return result['Ok'] === undefined ? (Object.keys(result['Err'] as Variant)[0] ?? '') : 'Ok';
}
