import { deepEqual, equal } from 'node:assert/strict';
import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';
import { LocalNetwork, managementClient } from '../../src/localnet/index.ts';
import type { LocalNetworkOptions, ManagementClient } from '../../src/localnet/index.ts';
import {
  ActionRequest,
  ActionResult,
  CreateGreeterRequest,
  CreateGreeterResult,
  JobStatus as JobStatusType,
} from '../../src/manager/candid/job.ts';
import { SetConfigRequest, ConfigResult } from '../../src/manager/candid/configuration.ts';
import { GreetersPage, JobsPage, Page } from '../../src/manager/candid/lists.ts';
import {
  PublishTemplateRequest,
  QueueStatsResult,
  TemplateResult,
  Templates,
} from '../../src/manager/candid/operator.ts';
import { managerModule, operator, sha256 } from './manager-modules.ts';
import { tinyGreeterModule } from './tiny-greeter.ts';

export {
  greeterModule,
  managerModule,
  managerWithoutInspection,
  operator,
  sha256,
  withoutInspection,
} from './manager-modules.ts';

export const alice = Principal.selfAuthenticating(new Uint8Array([2]));
export const bob = Principal.selfAuthenticating(new Uint8Array([3]));

/** A user who is nobody else. */
export function user(number: number): Principal {
  return Principal.selfAuthenticating(new Uint8Array([9, number & 0xff, (number >> 8) & 0xff]));
}

type Variant = Readonly<Record<string, unknown>>;

/** What a caller may ask for. */
export interface GreeterRequest {
  readonly idempotencyKey?: string;
  readonly greeting?: string;
  readonly invitationCode?: string;
}

/** A job as Candid's `JobStatus` decodes. */
export interface JobStatus {
  readonly id: bigint;
  readonly owner: Principal;
  readonly status: Variant;
  readonly step: [] | [Variant];
  readonly steps: readonly {
    readonly name: Variant;
    readonly state: Variant;
    readonly attempt: number;
    readonly lastError: [] | [{ readonly class: Variant; readonly code: string; readonly message: string }];
    readonly evidence: [] | [string];
  }[];
  readonly greeterId: [] | [Principal];
  readonly templateVersion: [] | [string];
  readonly parked: [] | [{ readonly reason: string; readonly actions: readonly string[] }];
  readonly lastError: [] | [{ readonly class: Variant; readonly code: string; readonly message: string }];
  readonly nextAttemptAt: [] | [bigint];
  readonly cyclesReserved: bigint;
  readonly cyclesSpent: bigint;
  readonly version: bigint;
  readonly summary: string;
}

export function tag(variant: Variant): string {
  return Object.keys(variant)[0] ?? '';
}

/** The Manager on a network of its own, spoken to as users and operators do. */
export class ManagerFixture {
  readonly network: LocalNetwork;
  readonly managerId: Principal;
  readonly template: Uint8Array;
  private requests = 0;

  constructor(
    options: LocalNetworkOptions & {
      template?: Uint8Array;
      cycles?: bigint;
      activate?: boolean;
      manager?: Uint8Array;
      /** A Manager that is deployed already: nothing else of the options but `template` matters then. */
      deployed?: { readonly network: LocalNetwork; readonly managerId: Principal };
    } = {},
  ) {
    const {
      template = tinyGreeterModule(),
      cycles = 1_000_000_000_000_000n,
      activate = true,
      manager = managerModule,
      deployed,
      ...networkOptions
    } = options;
    this.template = template;
    if (deployed) {
      ({ network: this.network, managerId: this.managerId } = deployed);
      return;
    }
    this.network = new LocalNetwork(networkOptions);
    const management = managementClient(this.network, operator);
    this.managerId = management.createCanister({ cycles });
    management.installCode(this.managerId, { module: manager });
    this.publish('1.0.0', template);
    if (activate) this.activate('1.0.0');
    this.network.run();
  }

  update(
    sender: Principal,
    method: string,
    parameters: IDL.Type[],
    result: IDL.Type,
    values: unknown[],
  ): unknown {
    const arg = IDL.encode(parameters, values);
    const reply = this.network.update({ sender, canisterId: this.managerId, method, arg });
    return IDL.decode([result], reply)[0];
  }

  query(
    sender: Principal,
    method: string,
    parameters: IDL.Type[],
    result: IDL.Type,
    values: unknown[],
  ): unknown {
    const arg = IDL.encode(parameters, values);
    const reply = this.network.query({ sender, canisterId: this.managerId, method, arg });
    return IDL.decode([result], reply)[0];
  }

  publish(version: string, module: Uint8Array, moduleHash = sha256(module), sender = operator): Variant {
    const request = { version, module, moduleHash };
    const parameters = [PublishTemplateRequest];
    const result = this.update(sender, 'publishTemplate', parameters, TemplateResult, [request]);
    this.network.run();
    return result as Variant;
  }

  activate(version: string, sender = operator): unknown {
    return this.update(sender, 'activateTemplate', [IDL.Text], TemplateResult, [version]);
  }

  /** Changes options of the configuration, by their names in Candid; answers the whole `ConfigResult`. */
  configure(changes: Readonly<Record<string, unknown>>, sender = operator): Variant {
    this.requests += 1;
    const wrapped = Object.fromEntries(Object.entries(changes).map(([name, value]) => [name, [value]]));
    const absent = Object.fromEntries(SetConfigRequest._fields.map(([name]) => [name, []]));
    const request = { ...absent, ...wrapped, requestId: `fixture-${this.requests}`, reason: 'test' };
    return this.update(sender, 'setConfig', [SetConfigRequest], ConfigResult, [request]) as Variant;
  }

  templates(): unknown {
    return this.query(operator, 'listTemplates', [], Templates, []);
  }

  /** Answers the whole `CreateGreeterResult`. */
  tryCreateGreeter(sender: Principal, request?: GreeterRequest): Variant {
    const canisterId = this.managerId;
    const arg = this.encodeCreateGreeter(request);
    const reply = this.network.update({ sender, canisterId, method: 'createGreeter', arg });
    return IDL.decode([CreateGreeterResult], reply)[0] as unknown as Variant;
  }

  encodeCreateGreeter(request?: GreeterRequest): Uint8Array {
    const value = request && {
      idempotencyKey: request.idempotencyKey === undefined ? [] : [request.idempotencyKey],
      greeting: request.greeting === undefined ? [] : [request.greeting],
      invitationCode: request.invitationCode === undefined ? [] : [request.invitationCode],
    };
    return IDL.encode([IDL.Opt(CreateGreeterRequest)], [value ? [value] : []]);
  }

  decodeCreateGreeter(reply: Uint8Array): JobStatus {
    const [result] = IDL.decode([CreateGreeterResult], reply) as unknown as [{ Ok?: { job: JobStatus } }];
    if (!result.Ok) throw new Error(`createGreeter: ${JSON.stringify(result)}`);
    return result.Ok.job;
  }

  /** A request that must be accepted; answers its job. */
  createGreeter(sender: Principal, request?: GreeterRequest): JobStatus {
    const result = this.tryCreateGreeter(sender, request) as { Ok?: { job: JobStatus } };
    if (!result.Ok) throw new Error(`createGreeter: ${JSON.stringify(result)}`);
    return result.Ok.job;
  }

  job(id: bigint, sender = operator): JobStatus {
    const [job] = this.query(sender, 'getJobStatus', [IDL.Nat64], IDL.Opt(JobStatusType), [id]) as [
      JobStatus?,
    ];
    if (!job) throw new Error(`no job ${id}`);
    return job;
  }

  retry(jobId: bigint, sender = operator): Variant {
    this.requests += 1;
    const requestId = `fixture-${this.requests}`;
    const request = { jobId, requestId, reason: 'test', expectedVersion: [] };
    return this.update(sender, 'retryJob', [ActionRequest], ActionResult, [request]) as Variant;
  }

  myJobs(
    sender: Principal,
    page?: { cursor?: string; limit?: number },
  ): { jobs: JobStatus[]; nextCursor: [] | [string] } {
    return this.query(sender, 'listMyJobs', [IDL.Opt(Page)], JobsPage, [pageValue(page)]) as never;
  }

  greeters(
    page?: { cursor?: string; limit?: number },
    sender?: Principal,
  ): { greeters: { canisterId: Principal; owner: Principal; jobId: bigint }[]; nextCursor: [] | [string] } {
    const method = sender ? 'listMyGreeters' : 'listGreeters';
    return this.query(sender ?? operator, method, [IDL.Opt(Page)], GreetersPage, [pageValue(page)]) as never;
  }

  stats(): Record<string, number> {
    const result = this.query(operator, 'getQueueStats', [], QueueStatsResult, []) as {
      Ok: Record<string, number>;
    };
    return result.Ok;
  }

  greet(canisterId: Principal, sender: Principal, name: string): string {
    const arg = IDL.encode([IDL.Text], [name]);
    const reply = this.network.query({ sender, canisterId, method: 'greet', arg });
    return IDL.decode([IDL.Text], reply)[0] as unknown as string;
  }

  /** Runs until the job has ended or is parked, hopping through virtual time. */
  settle(jobId: bigint, limitMs = 24 * 3600 * 1000): JobStatus {
    const end = this.network.timeNanos + BigInt(limitMs) * 1_000_000n;
    for (;;) {
      this.network.run();
      const job = this.job(jobId);
      if (['completed', 'parked', 'compensated', 'terminated'].includes(tag(job.status))) return job;
      const next = this.network.nextEventTimeNanos();
      if (next === undefined || next > end) return job;
      this.network.advanceTime(Number(next - this.network.timeNanos) / 1e6);
    }
  }

  /** Replaces the Manager's code by the same code, right now, between two messages, with calls open. */
  upgradeHot(module: Uint8Array = managerModule): void {
    this.ahead().installCode(this.managerId, { module, mode: 'upgrade' });
  }

  /** Stops the Manager as soon as it has no open calls, upgrades and starts it. */
  upgradeStopped(module: Uint8Array = managerModule): void {
    const management = this.ahead();
    management.stopCanister(this.managerId);
    management.installCode(this.managerId, { module, mode: 'upgrade' });
    management.startCanister(this.managerId);
  }

  /** Stops the Manager as soon as it has no open calls, and starts it so many milliseconds later. */
  stopAndStart(milliseconds: number): void {
    const management = this.ahead();
    management.stopCanister(this.managerId);
    this.network.runFor(milliseconds);
    management.startCanister(this.managerId);
  }

  /** The whole promise about one finished job and the one canister it may have made. */
  expectProvisioned(jobId: bigint, owner: Principal): void {
    const job = this.job(jobId);
    equal(tag(job.status), 'completed', job.summary);
    const [greeterId] = job.greeterId;
    if (!greeterId) throw new Error(`job ${jobId} is completed without a Greeter`);
    const canister = this.network.canister(greeterId);
    deepEqual(canister.controllers.map(String), [owner.toText()]);
    deepEqual(canister.moduleHash, sha256(this.template));
    equal(this.greet(greeterId, owner, 'Alice'), 'Hello, Alice!');
    const { greeters } = this.greeters({ limit: 100 }, owner);
    const own = greeters.filter(({ jobId: id }) => id === jobId);
    deepEqual(
      own.map(({ canisterId }) => canisterId.toText()),
      [greeterId.toText()],
    );
    this.network.checkCycles();
  }

  private ahead(): ManagementClient {
    return managementClient({ update: (call) => this.network.updateAhead(call) }, operator);
  }

  /** Canisters other than the Manager. */
  created(): Principal[] {
    return this.network.canisterIds().filter((id) => id.toText() !== this.managerId.toText());
  }
}

function pageValue(page: { cursor?: string; limit?: number } | undefined): [] | [object] {
  if (!page) return [];
  return [
    {
      cursor: page.cursor === undefined ? [] : [page.cursor],
      limit: page.limit === undefined ? [] : [page.limit],
    },
  ];
}
