import type { Principal } from '@dfinity/principal';
import { Admissions } from './admissions.ts';
import { promise } from './broken-promise.ts';
import { Budgets } from './budgets.ts';
import { operator, staff } from './identities.ts';
import { Lives } from './lives.ts';
import { answerOf, ManagerClient } from './manager-client.ts';
import type { Sender } from './manager-client.ts';
import { OperatorOnDuty } from './operator-on-duty.ts';
import { OrphanSearch } from './orphan-search.ts';
import { rememberSet } from './remembering.ts';
import type { Remembering } from './remembering.ts';
import type { Action } from './schedule.ts';
import { Staff } from './staff.ts';
import { TemplateShelf } from './template-shelf.ts';
import { Users } from './users.ts';
import type { TransitionWatch } from './watch-transitions.ts';
import type { World } from './world.ts';

export type JobVerb = 'retryJob' | 'cancelJob' | 'terminateJob';
export type QueueVerb = 'pauseQueue' | 'resumeQueue' | 'prepareUpgrade';

/** The users and the operators of a world: they call the Manager, remember its answers, and hold it to them. */
export class Population implements Remembering {
  readonly client: ManagerClient;
  readonly users: Users;
  readonly duty: OperatorOnDuty;
  readonly shelf: TemplateShelf;
  readonly orphanSearch: OrphanSearch;
  readonly lives: Lives;
  /** Whose cancellation was accepted. */
  readonly cancelled = new Set<bigint>();
  private readonly admissions: Admissions;
  private readonly budgets: Budgets;
  private readonly staff: Staff;

  constructor(
    private readonly world: World,
    private readonly watch: TransitionWatch,
  ) {
    const client = new ManagerClient(world);
    this.client = client;
    this.admissions = new Admissions(world, client);
    this.budgets = new Budgets(world, watch, client);
    this.shelf = new TemplateShelf(world, client);
    this.staff = new Staff(world, client);
    this.users = new Users(world, watch, client, this.admissions, this.budgets, this.shelf);
    this.duty = new OperatorOnDuty(world, watch, client);
    this.orphanSearch = new OrphanSearch(world, watch, client, this.duty);
    const { admissions, budgets, shelf, users, duty } = this;
    const witnesses = [watch, this, admissions, budgets, shelf, this.staff, users, duty];
    this.lives = new Lives(world, watch, shelf, witnesses);
  }

  remember(): () => void {
    return rememberSet(this.cancelled);
  }

  perform(action: Action): void {
    switch (action.kind) {
      case 'request':
        this.users.request(action);
        return;
      case 'verb':
        this.act(action.verb, action.job, action.by);
        return;
      case 'queue':
        this.control(action.verb);
        return;
      case 'resolve':
      case 'adopt':
        this.duty.perform(action);
        return;
      case 'findOrphans':
        this.orphanSearch.begin();
        return;
      case 'setPolicy':
      case 'allow':
      case 'disallow':
      case 'invite':
      case 'revoke':
        this.admissions.change(action);
        return;
      case 'setBudget':
        this.budgets.change(action);
        return;
      case 'appoint':
        this.staff.appoint(action);
        return;
      case 'attempt':
        this.staff.attempt(action);
        return;
      case 'publish':
      case 'activate':
        this.shelf.change(action);
        return;
      default:
        this.lives.perform(action);
    }
  }

  /** Somebody acts on one of the accepted jobs, counted from 0. */
  private act(verb: JobVerb, jobNumber: number, by: 'operator' | 'owner' | number): void {
    const job = [...this.users.jobs.values()][jobNumber];
    if (!job) return;
    if (typeof by === 'number') this.actAsStaff(verb, job.id, { caller: staff(by), isFromCanister: true });
    else this.actOn(verb, job.id, by === 'owner' ? job.owner : operator);
  }

  /** What is asked for twice under the same request id is done once. */
  actOn(verb: JobVerb, id: bigint, actor: Principal = operator): void {
    const requestId = this.client.newRequestId(verb);
    const versionBefore = this.watch.sagas.get(id)?.version;
    const answer = answerOf(this.client.act({ caller: actor }, verb, id, requestId));
    const version = this.watch.sagas.get(id)?.version;
    this.world.note(() => `${verb} of job ${id}: ${answer}`);
    this.world.marks.hit(`${verb} answered ${answer}`);
    if (answer !== 'Ok') {
      promise(
        version === versionBefore,
        'a refusal changes nothing',
        () => `${verb} of job ${id}: ${answer}`,
      );
      return;
    }
    if (verb === 'cancelJob') this.cancelled.add(id);
    if (version !== versionBefore) {
      const row = this.world.manager.stores.auditRowOfRequest(actor.toUint8Array(), requestId);
      promise(row?.verb === verb, 'every action is on record', () => `${verb} of job ${id}`);
    }
    const again = answerOf(this.client.act({ caller: actor }, verb, id, requestId));
    const versionAfter = this.watch.sagas.get(id)?.version;
    promise(
      again === 'nothing' || (again === 'Ok' && versionAfter === version),
      'a repeated request is done once',
      () => `${verb} of job ${id}: ${again}, version ${version ?? 0} became ${versionAfter ?? 0}`,
    );
  }

  /** The operator pauses, drains or resumes the queue. */
  control(verb: QueueVerb): void {
    const answer = answerOf(this.client.control({ caller: operator }, verb));
    this.world.marks.hit(`${verb} answered ${answer}`);
  }

  /** A member of staff acts on a job, as far as the role goes. */
  private actAsStaff(verb: JobVerb, id: bigint, sender: Sender): void {
    const versionBefore = this.watch.sagas.get(id)?.version;
    const result = this.client.act(sender, verb, id, this.client.newRequestId(verb));
    // Whoever has no role does not even learn that the job exists.
    const isHidden = verb === 'cancelJob' && !this.staff.may(sender.caller, 'viewer');
    const answer = isHidden ? answerOf(result) : this.staff.checked(sender, 'operator', verb, result);
    const version = this.watch.sagas.get(id)?.version;
    const label = (): string => `${verb} of job ${id} by ${sender.caller.toText()}: ${answer}`;
    if (isHidden) promise(answer === 'NotFound' || answer === 'nothing', 'strangers see no job', label);
    if (answer === 'Ok' && verb === 'cancelJob') this.cancelled.add(id);
    if (answer !== 'Ok') promise(version === versionBefore, 'a refusal changes nothing', label);
  }
}
