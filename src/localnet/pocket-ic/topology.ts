import { subnetNodes } from '../fees.ts';
import type { LocalNetwork } from '../network.ts';
import type { JsonValue } from './bare-json.ts';
import { toBase64 } from './request-body.ts';

/** A named subnet's seed in the original; the keys here follow from no seed that could be shown. */
const noSeed = new Uint8Array(32);

/** The protocol's `Topology` of a network: its one application subnet. */
export function topologyOf(network: LocalNetwork): JsonValue {
  const subnet = {
    subnet_kind: 'Application',
    subnet_seed: [...noSeed],
    instruction_config: 'Production',
    node_ids: [],
    size: subnetNodes,
    canister_ranges: network.canisterRanges().map(({ first, last }) => ({
      start: { canister_id: toBase64(first.toUint8Array()) },
      end: { canister_id: toBase64(last.toUint8Array()) },
    })),
  };
  return {
    subnet_configs: { [network.subnetId.toText()]: subnet },
    default_effective_canister_id: { canister_id: toBase64(network.canisterRange.first.toUint8Array()) },
  };
}
