import { canisterIdOfNumber, numberOfCanisterId } from '../canister-ids.ts';
import type { CandidIdRange, NodeMetricsArgument, SubnetIdRecord } from './candid-subnet.ts';
import type { Request } from './method.ts';
import { subnetNotFound } from './rejections.ts';

/** What this network calls itself where a replica names its build. */
const replicaVersion = 'embedded-network';
/** There is no registry, so nothing in it ever changes. */
const registryVersion = 1n;

/**
 * `list_canisters`: all canisters as ranges of ids that follow one another. On the IC only subnet admins may ask;
 * whoever has this network in their process is its admin, so everybody may.
 */
export function listCanisters({ services }: Request<unknown>): { canisters: CandidIdRange[] } {
  const numbers = [...services.state.canisters.values()]
    .map(({ id }) => numberOfCanisterId(id))
    .filter((number) => number !== undefined)
    .sort((a, b) => (a < b ? -1 : 1));
  const ranges: { start: bigint; end: bigint }[] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last?.end === number - 1n) last.end = number;
    else ranges.push({ start: number, end: number });
  }
  return {
    canisters: ranges.map(({ start, end }) => ({
      start: canisterIdOfNumber(start),
      end: canisterIdOfNumber(end),
    })),
  };
}

/** `subnet_info`, of this network's one subnet. */
export function subnetInfo(request: Request<SubnetIdRecord>): {
  replica_version: string;
  registry_version: bigint;
} {
  requireOwnSubnet(request);
  return { replica_version: replicaVersion, registry_version: registryVersion };
}

/** `node_metrics_history`: there are no blocks, so there is no sample. */
export function nodeMetricsHistory(request: Request<NodeMetricsArgument>): never[] {
  requireOwnSubnet(request);
  return [];
}

function requireOwnSubnet({ services, argument }: Request<SubnetIdRecord>): void {
  if (argument.subnet_id.compareTo(services.subnetId) !== 'eq') throw subnetNotFound(argument.subnet_id);
}
