import { type Actor, PocketIc } from '@dfinity/pic';
import { Principal } from '@dfinity/principal';
import { expect } from 'vitest';
import {
  type _SERVICE as Greeter,
  idlFactory as greeterInterface,
} from '../../src/client/generated/greeter.ts';
import {
  type ConfigResult,
  type CreateGreeterResult,
  idlFactory as managerInterface,
  type _SERVICE as Manager,
  type JobStatus,
  type QueueStats,
  type SetConfigRequest,
  type TemplateResult,
  type Vacant,
} from '../../src/client/generated/manager.ts';
import { type Optional, variantName } from '../../src/client/index.ts';
import { managerModule, operator, sha256 } from './manager-modules.ts';
import { fromPic, interfaceToPic, toPic } from './pocket-ic-types.ts';
import { tinyGreeterModule } from './tiny-greeter.ts';

/** More rounds than anything on a network without faults needs. */
const patience = 100;
const endedStatuses = ['completed', 'parked', 'compensated', 'terminated'];
/** How often the Manager's watchdog runs. */
const watchdogMs = 300_000;

export interface PicManagerOptions {
  /** The module of the template `1.0.0`. Default: the tiny Greeter. */
  readonly template?: Uint8Array;
  /** Whether the template is activated. Default: yes. */
  readonly activate?: boolean;
  /** What the Manager is created with. Default: far more than any test spends. */
  readonly cycles?: bigint;
  /** The Manager's own module. Default: the present build. */
  readonly manager?: Uint8Array;
}

export interface GreeterRequest {
  readonly idempotencyKey?: string;
  readonly greeting?: string;
  readonly invitationCode?: string;
}

/** Options of the configuration, by their names in Candid. */
type ConfigurationChanges = {
  readonly [Name in Exclude<keyof SetConfigRequest, 'requestId' | 'reason'>]?: NonNullable<
    SetConfigRequest[Name][0]
  >;
};

export function optional<T>(value: T | undefined): Optional<T> {
  return value === undefined ? [] : [value];
}

/** What is under `Ok`; anything else fails the test, with the name of what was answered. */
export function ok<T>(result: { Ok: T } | { Err: object }): T {
  if ('Ok' in result) return result.Ok;
  throw new Error(`It was answered ${Object.keys(result.Err).join()}.`);
}

/** The Manager on a PocketIC instance, spoken to with the PocketIC client only. */
export class PicManager {
  private users = 0;
  private requests = 0;

  private constructor(
    readonly pic: PocketIc,
    readonly managerId: Principal,
    readonly template: Uint8Array,
  ) {}

  /** A new instance with a Manager that has a template. */
  static async create(serverUrl: string, options: PicManagerOptions = {}): Promise<PicManager> {
    const { template = tinyGreeterModule(), activate = true, manager: wasm = managerModule } = options;
    const { cycles = 1_000_000_000_000_000n } = options;
    const pic = await PocketIc.create(serverUrl);
    const sender = toPic(operator);
    const managerId = await pic.createCanister({ sender, cycles });
    await pic.installCode({ canisterId: managerId, wasm, sender });
    const manager = new PicManager(pic, fromPic(managerId), template);
    ok(await manager.publish('1.0.0', template));
    if (activate) ok(await manager.activate('1.0.0'));
    return manager;
  }

  as(sender: Principal): Actor<Manager> {
    const actor = this.pic.createActor<Manager>(interfaceToPic(managerInterface), toPic(this.managerId));
    actor.setPrincipal(toPic(sender));
    return actor;
  }

  greeter(canisterId: Principal, sender: Principal): Actor<Greeter> {
    const actor = this.pic.createActor<Greeter>(interfaceToPic(greeterInterface), toPic(canisterId));
    actor.setPrincipal(toPic(sender));
    return actor;
  }

  /** Somebody who has done nothing yet, so that tests can share a Manager. */
  newUser(): Principal {
    this.users += 1;
    return Principal.selfAuthenticating(new Uint8Array([2, this.users & 0xff, this.users >> 8]));
  }

  /** The part that all operators' requests have; its id was not used before. */
  request(): { requestId: string; reason: string } {
    this.requests += 1;
    return { requestId: `request ${this.requests}`, reason: 'test' };
  }

  /** The part that all requests about one job have. */
  jobRequest(jobId: bigint): { jobId: bigint; requestId: string; reason: string; expectedVersion: [] } {
    return { jobId, ...this.request(), expectedVersion: [] };
  }

  /** Publishes a module and waits until it is in the chunk store or has failed to get there. */
  async publish(
    version: string,
    module: Uint8Array,
    { sender = operator, moduleHash = sha256(module) } = {},
  ): Promise<TemplateResult> {
    const result = await this.as(sender).publishTemplate({ version, module, moduleHash });
    if ('Ok' in result) {
      await this.tickUntil(async () => {
        const templates = await this.as(operator).listTemplates();
        return !templates.some(({ state }) => 'uploading' in state);
      });
    }
    return result;
  }

  async activate(version: string): Promise<TemplateResult> {
    return this.as(operator).activateTemplate(version);
  }

  async configure(changes: ConfigurationChanges): Promise<ConfigResult> {
    const { admission, maximumOpenJobsPerCaller, maximumOpenAttempts, journalRetentionMs } = changes;
    return this.as(operator).setConfig({
      ...this.request(),
      admission: optional(admission),
      maximumOpenJobsPerCaller: optional(maximumOpenJobsPerCaller),
      maximumOpenAttempts: optional(maximumOpenAttempts),
      journalRetentionMs: optional(journalRetentionMs),
      totalBudgetCycles: optional(changes.totalBudgetCycles),
      dailyBudgetCycles: optional(changes.dailyBudgetCycles),
      callerBudgetCycles: optional(changes.callerBudgetCycles),
      warmCanisters: optional(changes.warmCanisters),
      creationCycles: optional(changes.creationCycles),
      vacantMinimumCycles: optional(changes.vacantMinimumCycles),
      managerReserveCycles: optional(changes.managerReserveCycles),
    });
  }

  async tryCreateGreeter(sender: Principal, request: GreeterRequest = {}): Promise<CreateGreeterResult> {
    return this.as(sender).createGreeter([
      {
        idempotencyKey: optional(request.idempotencyKey),
        greeting: optional(request.greeting),
        invitationCode: optional(request.invitationCode),
      },
    ]);
  }

  /** A request that must be accepted. */
  async createGreeter(sender: Principal, request: GreeterRequest = {}): Promise<JobStatus> {
    return ok(await this.tryCreateGreeter(sender, request)).job;
  }

  async job(id: bigint, sender = operator): Promise<JobStatus> {
    const [job] = await this.as(sender).getJobStatus(id);
    if (job === undefined) throw new Error(`There is no job ${id}.`);
    return job;
  }

  async stats(): Promise<QueueStats> {
    return ok(await this.as(operator).getQueueStats());
  }

  /** The canisters that wait for a job, at most a hundred. */
  async vacant(): Promise<Vacant[]> {
    return ok(await this.as(operator).listVacant([{ cursor: [], limit: [100] }])).vacant;
  }

  /** Executes rounds, in which next to no time passes, until something is so. */
  async tickUntil(isSo: () => Promise<boolean>): Promise<void> {
    for (let round = 0; round < patience; round += 1) {
      if (await isSo()) return;
      await this.pic.tick();
    }
    throw new Error(`Nothing of the kind has happened in ${patience} rounds.`);
  }

  /** Lets so much time pass, in steps in which the watchdog and what it starts can do their work. */
  async elapse(milliseconds: number): Promise<void> {
    const stepMs = Math.max(watchdogMs, Math.ceil(milliseconds / 24));
    for (let left = milliseconds; left > 0; left -= stepMs) {
      await this.pic.advanceTime(Math.min(left, stepMs));
      await this.pic.tick(3);
    }
  }

  /** Executes rounds until the job has ended or is parked. */
  async settle(id: bigint): Promise<JobStatus> {
    for (let round = 0; round < patience; round += 1) {
      const job = await this.job(id);
      if (endedStatuses.includes(variantName(job.status))) return job;
      // What waits for a time waits for seconds.
      await this.pic.advanceTime(1_000);
      await this.pic.tick(4);
    }
    throw new Error(`Job ${id} has not ended: ${(await this.job(id)).summary}`);
  }

  /** Executes rounds until no job is under way, so that nothing changes any more but by what a test does. */
  async rest(): Promise<void> {
    await this.tickUntil(async () => {
      const { queued, running, compensating, openAttempts } = await this.stats();
      return queued + running + compensating + openAttempts === 0;
    });
  }

  /** Executes rounds until the canister of a job exists; the job goes on in a later one. */
  async untilCreated(id: bigint): Promise<Principal> {
    await this.tickUntil(async () => (await this.job(id)).greeterId.length > 0);
    return greeterOf(await this.job(id));
  }

  /** The Greeter of a request that must be fulfilled. */
  async provisionedGreeter(sender: Principal, request: GreeterRequest = {}): Promise<Principal> {
    const { id } = await this.createGreeter(sender, request);
    return greeterOf(await this.settle(id));
  }

  /** The whole promise about a finished job and its canister. */
  async expectProvisioned(id: bigint, owner: Principal): Promise<void> {
    const job = await this.job(id);
    expect([job.summary, variantName(job.status)]).toEqual([job.summary, 'completed']);
    const greeterId = greeterOf(job);
    const { settings, moduleHash } = await this.pic.canisterStatus({
      canisterId: toPic(greeterId),
      sender: toPic(owner),
    });
    expect(settings.controllers.map(String)).toEqual([owner.toText()]);
    expect(moduleHash).toEqual(sha256(this.template));
    expect(await this.greeter(greeterId, owner).greet('Alice')).toBe('Hello, Alice!');
    const { greeters } = await this.as(owner).listMyGreeters([{ cursor: [], limit: [100] }]);
    const ofJob = greeters.filter(({ jobId }) => jobId === id);
    expect(ofJob.map(({ canisterId }) => canisterId.toText())).toEqual([greeterId.toText()]);
  }

  /** Replaces the Manager's code between two rounds, whatever is under way. */
  async upgrade(wasm: Uint8Array = managerModule): Promise<void> {
    await this.pic.upgradeCanister({ canisterId: toPic(this.managerId), wasm, sender: toPic(operator) });
  }

  /** Stops the Manager, replaces its code by the same code and starts it. */
  async upgradeStopped(): Promise<void> {
    const manager = { canisterId: toPic(this.managerId), sender: toPic(operator) };
    await this.pic.stopCanister(manager);
    await this.upgrade();
    await this.pic.startCanister(manager);
  }

  async cycles(): Promise<bigint> {
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-conversion -- it is a number if it is small enough
    return BigInt(await this.pic.getCyclesBalance(toPic(this.managerId)));
  }
}

export function greeterOf({ id, greeterId: [greeterId] }: JobStatus): Principal {
  if (greeterId === undefined) throw new Error(`Job ${id} has no Greeter.`);
  return greeterId;
}
