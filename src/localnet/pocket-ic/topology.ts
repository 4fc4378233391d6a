import { canisterIdOfNumber, firstCanisterNumber } from '../canister-ids.ts';
import type { LocalNetwork } from '../network.ts';
import type { JsonValue } from './bare-json.ts';
import { toBase64 } from './request-body.ts';

const rangeLength = 0x10_0000n;
/** Nodes of the subnet that fees are those of. */
const subnetSize = 13;
const seedBytes = 32;

/** The protocol's `Topology` of a network: its one application subnet. */
export function topologyOf(network: LocalNetwork): JsonValue {
  const first = rawCanisterId(firstCanisterNumber);
  const subnet = {
    subnet_kind: 'Application',
    subnet_seed: Array.from({ length: seedBytes }, () => 0),
    instruction_config: 'Production',
    node_ids: [],
    size: subnetSize,
    canister_ranges: [{ start: first, end: rawCanisterId(firstCanisterNumber + rangeLength - 1n) }],
  };
  return { subnet_configs: { [network.subnetId.toText()]: subnet }, default_effective_canister_id: first };
}

function rawCanisterId(number: bigint): JsonValue {
  return { canister_id: toBase64(canisterIdOfNumber(number).toUint8Array()) };
}
