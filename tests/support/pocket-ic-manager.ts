import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Actor, PocketIc } from '@dfinity/pic';
import { Principal } from '@dfinity/principal';
import {
  type _SERVICE as Greeter,
  idlFactory as greeterInterface,
} from '../../src/client/generated/greeter.ts';
import {
  idlFactory as managerInterface,
  type _SERVICE as Manager,
  type JobStatus,
} from '../../src/client/generated/manager.ts';
import { variantName } from '../../src/client/index.ts';
import { interfaceToPic, type PicPrincipal, toPic } from './pocket-ic-types.ts';

export const managerModule = readFileSync('.canisters/manager/manager.wasm.gz');
export const greeterModule = readFileSync('.canisters/greeter/greeter.wasm.gz');
export const operator = Principal.selfAuthenticating(new Uint8Array([1]));

/** More rounds than any job of a network without faults needs. */
const patience = 100;
const endedStatuses = ['completed', 'parked', 'compensated', 'terminated'];

/** The Manager on a PocketIC instance, spoken to with the PocketIC client only. */
export class PicManager {
  private constructor(
    readonly pic: PocketIc,
    readonly managerId: PicPrincipal,
  ) {}

  /** A new instance with a Manager that has the Greeter as its template. */
  static async create(serverUrl: string): Promise<PicManager> {
    const pic = await PocketIc.create(serverUrl);
    const sender = toPic(operator);
    const managerId = await pic.createCanister({ sender, cycles: 1_000_000_000_000_000n });
    await pic.installCode({ canisterId: managerId, wasm: managerModule, sender });
    const manager = new PicManager(pic, managerId);
    const moduleHash = createHash('sha256').update(greeterModule).digest();
    await manager.as(operator).publishTemplate({ version: '1.0.0', module: greeterModule, moduleHash });
    await pic.tick(3);
    await manager.as(operator).activateTemplate('1.0.0');
    return manager;
  }

  as(sender: Principal): Actor<Manager> {
    const actor = this.pic.createActor<Manager>(interfaceToPic(managerInterface), this.managerId);
    actor.setPrincipal(toPic(sender));
    return actor;
  }

  greeter(canisterId: Principal, sender: Principal): Actor<Greeter> {
    const actor = this.pic.createActor<Greeter>(interfaceToPic(greeterInterface), toPic(canisterId));
    actor.setPrincipal(toPic(sender));
    return actor;
  }

  /** A request that must be accepted. */
  async createGreeter(
    sender: Principal,
    request: { readonly idempotencyKey?: string; readonly greeting?: string } = {},
  ): Promise<JobStatus> {
    const result = await this.as(sender).createGreeter([
      {
        idempotencyKey: request.idempotencyKey === undefined ? [] : [request.idempotencyKey],
        greeting: request.greeting === undefined ? [] : [request.greeting],
        invitationCode: [],
      },
    ]);
    if ('Ok' in result) return result.Ok.job;
    throw new Error(`createGreeter was answered ${variantName(result.Err)}.`);
  }

  async job(id: bigint): Promise<JobStatus> {
    const [job] = await this.as(operator).getJobStatus(id);
    if (job === undefined) throw new Error(`There is no job ${id}.`);
    return job;
  }

  /** Executes rounds until the job has ended. */
  async settle(id: bigint): Promise<JobStatus> {
    for (let round = 0; round < patience; round += 1) {
      const job = await this.job(id);
      if (endedStatuses.includes(variantName(job.status))) return job;
      // A second a round: what waits for a time waits for seconds.
      await this.pic.advanceTime(1_000);
      await this.pic.tick();
    }
    throw new Error(`Job ${id} has not ended: ${(await this.job(id)).summary}`);
  }

  /** The Greeter of a request that must be fulfilled. */
  async provisionedGreeter(sender: Principal, greeting?: string): Promise<Principal> {
    const { id } = await this.createGreeter(sender, greeting === undefined ? {} : { greeting });
    const [greeterId] = (await this.settle(id)).greeterId;
    if (greeterId === undefined) throw new Error(`Job ${id} has no Greeter.`);
    return greeterId;
  }
}
