import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';
import type { CanisterStatusResult } from '@dfinity/pic';
import type { AdoptCanisterResult, OrphanScan } from '../../../../src/client/generated/manager.ts';
import { variantName } from '../../../../src/client/index.ts';
import { operator } from '../../../support/manager-modules.ts';
import { type GreeterRequest, ok, optional, type PicManager } from '../../../support/pocket-ic-manager.ts';
import { toPic } from '../../../support/pocket-ic-types.ts';

/** How long a canister rests that a job has given up. */
export const vacantRestMs = 30 * 60_000;

const CanisterId = IDL.Record({ canister_id: IDL.Principal });
const InitArgument = IDL.Record({ owner: IDL.Principal, greeting: IDL.Opt(IDL.Text) });

/** What the Manager does with canisters: the client may speak for anybody, also for a canister. */
export class CanistersOfManager {
  constructor(private readonly manager: PicManager) {}

  async status(canisterId: Principal, sender = this.manager.managerId): Promise<CanisterStatusResult> {
    return this.manager.pic.canisterStatus({ canisterId: toPic(canisterId), sender: toPic(sender) });
  }

  async setControllers(canisterId: Principal, controllers: readonly Principal[]): Promise<void> {
    await this.manager.pic.updateCanisterSettings({
      ...this.call(canisterId),
      controllers: controllers.map(toPic),
    });
  }

  async stop(canisterId: Principal): Promise<void> {
    await this.manager.pic.stopCanister(this.call(canisterId));
  }

  async delete(canisterId: Principal): Promise<void> {
    await this.stop(canisterId);
    await this.manager.pic.updateCall({
      canisterId: toPic(Principal.managementCanister()),
      sender: toPic(this.manager.managerId),
      method: 'delete_canister',
      arg: IDL.encode([CanisterId], [{ canister_id: canisterId }]),
    });
  }

  /** The template, as it is installed for an owner. */
  async install(canisterId: Principal, owner: Principal): Promise<void> {
    const arg = IDL.encode([InitArgument], [{ owner, greeting: [] }]);
    await this.manager.pic.installCode({ ...this.call(canisterId), wasm: this.manager.template, arg });
  }

  private call(canisterId: Principal) {
    return { canisterId: toPic(canisterId), sender: toPic(this.manager.managerId) };
  }
}

/** A canister that a cancelled job has left, and that rests from now on. */
export async function vacantCanister(manager: PicManager, request?: GreeterRequest): Promise<Principal> {
  const owner = manager.newUser();
  const { id } = await manager.createGreeter(owner, request);
  const canisterId = await manager.untilCreated(id);
  ok(await manager.as(owner).cancelJob(manager.jobRequest(id)));
  const { status, summary } = await manager.settle(id);
  if (variantName(status) !== 'compensated') throw new Error(`Job ${id} is not undone: ${summary}`);
  return canisterId;
}

/** Asks for an adoption, and once more when the network has answered. */
export async function adoptCanister(
  manager: PicManager,
  canisterId: Principal,
  jobId?: bigint,
): Promise<AdoptCanisterResult> {
  const request = { ...manager.request(), canisterId, jobId: optional(jobId), expectedVersion: [] as [] };
  const adopt = async (): Promise<AdoptCanisterResult> => manager.as(operator).adoptCanister(request);
  const isReading = (result: AdoptCanisterResult): boolean =>
    'Ok' in result && variantName(result.Ok.state) === 'reading';
  let result = await adopt();
  await manager.tickUntil(async () => {
    if (isReading(result)) result = await adopt();
    return !isReading(result);
  });
  return result;
}

/** Scans to the end. @param from absent: behind the Manager's own id */
export async function findOrphans(manager: PicManager, from?: Principal): Promise<OrphanScan> {
  ok(await manager.as(operator).findOrphans({ ...manager.request(), from: optional(from) }));
  let latest: OrphanScan | undefined;
  await manager.tickUntil(async () => {
    [latest] = ok(await manager.as(operator).listOrphans());
    return latest?.endedAt.length === 1;
  });
  if (!latest) throw new Error('There was no scan.');
  return latest;
}

export function idsOf(rows: readonly { readonly canisterId: Principal }[]): string[] {
  return rows.map(({ canisterId }) => canisterId.toText());
}
