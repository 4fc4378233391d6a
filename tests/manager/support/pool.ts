import { IDL } from '@dfinity/candid';
import type { Principal } from '@dfinity/principal';
import { managementClient } from '../../../src/localnet/index.ts';
import type { ManagementClient } from '../../../src/localnet/index.ts';
import { ActionRequest, ActionResult } from '../../../src/manager/candid/job.ts';
import { Page } from '../../../src/manager/candid/lists.ts';
import {
  AdoptCanisterRequest,
  AdoptCanisterResult,
  FindOrphansRequest,
  OrphanScanResult,
  VacantResult,
} from '../../../src/manager/candid/vacancies.ts';
import { operator, tag } from '../../support/manager-fixture.ts';
import type { ManagerFixture } from '../../support/manager-fixture.ts';

/** A vacant canister as `listVacant` tells it. */
export interface Vacant {
  readonly canisterId: Principal;
  readonly cycles: [] | [bigint];
  readonly availableAt: [] | [bigint];
  readonly formerJobId: [] | [bigint];
  readonly unfit: [] | [string];
}

export interface OrphanScan {
  readonly endedAt: [] | [bigint];
  readonly failure: [] | [string];
  readonly idsRead: bigint;
  readonly orphans: readonly { readonly canisterId: Principal; readonly cycles: [] | [bigint] }[];
}

type Variant = Readonly<Record<string, unknown>>;

let requests = 0;

/** A request id nobody used before. */
export function nextRequest(): { requestId: string; reason: string } {
  requests += 1;
  return { requestId: `pool-${requests}`, reason: 'test' };
}

export function vacantCanisters(fixture: ManagerFixture): readonly Vacant[] {
  const result = fixture.query(operator, 'listVacant', [IDL.Opt(Page)], VacantResult, [[]]) as {
    Ok: { vacant: readonly Vacant[] };
  };
  return result.Ok.vacant;
}

/** Answers the whole `ActionResult`. */
export function cancelJob(fixture: ManagerFixture, jobId: bigint, sender: Principal = operator): Variant {
  const request = { jobId, ...nextRequest(), expectedVersion: [] };
  return fixture.update(sender, 'cancelJob', [ActionRequest], ActionResult, [request]) as Variant;
}

/** Answers the whole `ActionResult`. */
export function terminateJob(fixture: ManagerFixture, jobId: bigint): Variant {
  const request = { jobId, ...nextRequest(), expectedVersion: [] };
  return fixture.update(operator, 'terminateJob', [ActionRequest], ActionResult, [request]) as Variant;
}

/** Answers the whole `AdoptCanisterResult` once the network has been asked. */
export function adoptCanister(
  fixture: ManagerFixture,
  canisterId: Principal,
  jobId?: bigint,
  named = nextRequest(),
): Variant {
  const request = {
    canisterId,
    jobId: jobId === undefined ? [] : [jobId],
    ...named,
    expectedVersion: [],
  };
  const adopt = (): Variant =>
    fixture.update(operator, 'adoptCanister', [AdoptCanisterRequest], AdoptCanisterResult, [
      request,
    ]) as Variant;
  const first = adopt();
  fixture.network.run();
  return tag(first) === 'Ok' ? adopt() : first;
}

/** Scans to the end. */
export function findOrphans(fixture: ManagerFixture, from?: Principal): OrphanScan {
  fixture.update(operator, 'findOrphans', [FindOrphansRequest], OrphanScanResult, [
    { ...nextRequest(), from: from ? [from] : [] },
  ]);
  fixture.network.run();
  const result = fixture.query(operator, 'listOrphans', [], OrphanScanResult, []) as { Ok: [OrphanScan?] };
  const [scan] = result.Ok;
  if (!scan) throw new Error('there was no scan');
  return scan;
}

/** The state of a canister that the network shows to its controllers. */
export function canisterCycles(fixture: ManagerFixture, canisterId: Principal): bigint {
  return fixture.network.canister(canisterId).cycles;
}

/** The management canister as `sender` calls it. */
export function management(fixture: ManagerFixture, sender: Principal): ManagementClient {
  return managementClient(fixture.network, sender);
}
