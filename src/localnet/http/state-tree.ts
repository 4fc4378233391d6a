import { Principal } from '@dfinity/principal';
import {
  encodeCbor,
  encodeLeb128,
  type HashTree,
  labeledTree,
  type SubnetKeys,
  type TreeSource,
} from '../certification/index.ts';
import type { LocalNetwork } from '../network.ts';
import type { IngressStatus } from '../state.ts';

/** Labels from the root down. */
export type StatePath = readonly Uint8Array[];

const text = new TextEncoder();
const uint64Bits = 64n;
const uint64Mask = (1n << uint64Bits) - 1n;

/**
 * The part of the network's state tree that the paths lead into, without `/time`.
 *
 * A real subnet hashes all of its state at every height. Nobody can see more of it than he asks for, so here the tree
 * has only the canisters and requests that are asked for: certifying costs the same however many others there are.
 *
 * Source: IC interface spec, 'The system state tree'.
 */
export function stateTree(
  network: LocalNetwork,
  keys: SubnetKeys,
  paths: readonly StatePath[],
): Map<string, HashTree> {
  const tree = new Map<string, HashTree>();
  for (const [root, asked] of grouped(paths)) {
    const part = partOf(network, keys, root, asked);
    if (part !== undefined) tree.set(root, labeledTree(part));
  }
  return tree;
}

function partOf(
  network: LocalNetwork,
  keys: SubnetKeys,
  root: string,
  asked: readonly Uint8Array[],
): TreeSource | undefined {
  switch (root) {
    case 'subnet':
      return new Map([[keys.subnetId.toUint8Array(), subnetTree(network, keys)]]);
    case 'canister_ranges':
      return new Map([[keys.subnetId.toUint8Array(), shardsTree(network)]]);
    case 'canister':
      return treeOf(asked, (id) => canisterTree(network, Principal.fromUint8Array(id)));
    case 'request_status':
      return treeOf(asked, (id) => requestTree(network, id));
    default:
      return undefined;
  }
}

/** The second labels that are asked for below each root label, each once. */
function grouped(paths: readonly StatePath[]): Map<string, Uint8Array[]> {
  const groups = new Map<string, Map<string, Uint8Array>>();
  for (const [root, second] of paths) {
    if (root === undefined) continue;
    const name = Buffer.from(root).toString('latin1');
    const group = groups.get(name) ?? new Map<string, Uint8Array>();
    groups.set(name, group);
    if (second !== undefined) group.set(Buffer.from(second).toString('hex'), second);
  }
  return new Map([...groups].map(([name, group]) => [name, [...group.values()]]));
}

function treeOf(
  ids: readonly Uint8Array[],
  subtree: (id: Uint8Array) => TreeSource | undefined,
): ReadonlyMap<Uint8Array, TreeSource> {
  const entries = new Map<Uint8Array, TreeSource>();
  for (const id of ids) {
    const found = subtree(id);
    if (found !== undefined) entries.set(id, found);
  }
  return entries;
}

function subnetTree(network: LocalNetwork, keys: SubnetKeys): TreeSource {
  const node = new Map([[keys.nodeId.toUint8Array(), new Map([['public_key', keys.nodeKeyDer]])]]);
  return new Map<string, TreeSource>([
    ['public_key', keys.rootKeyDer],
    ['canister_ranges', rangesLeaf(network)],
    ['type', text.encode('application')],
    ['node', node],
    ['metrics', metricsLeaf(network)],
  ]);
}

/** All ranges in one shard, which is named after the first id. */
function shardsTree(network: LocalNetwork): TreeSource {
  const [first] = network.canisterRanges();
  return new Map(first === undefined ? [] : [[first.first.toUint8Array(), rangesLeaf(network)]]);
}

function rangesLeaf(network: LocalNetwork): Uint8Array {
  return encodeCbor(
    network.canisterRanges().map(({ first, last }) => [first.toUint8Array(), last.toUint8Array()]),
  );
}

/** Fields by number, cycles in two halves. Source: dfinity/ic `canonical_state/src/encoding/types.rs`. */
function metricsLeaf(network: LocalNetwork): Uint8Array {
  const { canisters, stateBytes, consumedCycles, executedMessages } = network.metrics();
  const halves = new Map([
    [0, consumedCycles & uint64Mask],
    [1, consumedCycles >> uint64Bits],
  ]);
  return encodeCbor(
    new Map<number, number | bigint | Map<number, bigint>>([
      [0, canisters],
      [1, stateBytes],
      [2, halves],
      [3, executedMessages],
    ]),
  );
}

function canisterTree(network: LocalNetwork, id: Principal): TreeSource | undefined {
  if (!network.hasCanister(id)) return undefined;
  const canister = network.canister(id);
  const controllers = encodeCbor(canister.controllers.map((controller) => controller.toUint8Array()));
  const always: [string, TreeSource][] = [
    ['controllers', controllers],
    ['canister_creation_timestamp', encodeLeb128(canister.createdAtNanos)],
  ];
  const { moduleHash, installedAtNanos } = canister;
  if (moduleHash === undefined || installedAtNanos === undefined) return new Map(always);
  const metadata = new Map([...canister.metadata].map(([name, { content }]) => [name, content]));
  return new Map<string, TreeSource>([
    ...always,
    ['certified_data', canister.certifiedData],
    ['metadata', metadata],
    ['module_hash', moduleHash],
    ['last_install_timestamp', encodeLeb128(installedAtNanos)],
  ]);
}

function requestTree(network: LocalNetwork, requestId: Uint8Array): TreeSource | undefined {
  const ingress = network.findRequest(requestId);
  return ingress === undefined ? undefined : statusTree(network.ingressStatus(ingress));
}

function statusTree(status: IngressStatus): ReadonlyMap<string, Uint8Array> {
  const tree = new Map<string, Uint8Array>([['status', text.encode(status.status)]]);
  if (status.status === 'replied') tree.set('reply', status.reply);
  if (status.status === 'rejected') {
    tree.set('reject_code', encodeLeb128(BigInt(status.rejectCode)));
    tree.set('reject_message', text.encode(status.message));
    tree.set('error_code', text.encode(status.errorCode));
  }
  return tree;
}
