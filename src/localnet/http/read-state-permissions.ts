import { Principal } from '@dfinity/principal';
import { HttpApiError } from '../certification/index.ts';
import type { LocalNetwork } from '../network.ts';
import type { Scope } from './routes.ts';
import type { StatePath } from './state-tree.ts';

/** Who reads, and through which URL. */
export interface StateReader {
  readonly sender: Principal;
  readonly scope: Scope;
  /** The canisters the sender's delegations allow; absent: all. */
  readonly targets: readonly Principal[] | undefined;
}

const requestIdBytes = 32;
const requestLabels = new Set(['status', 'reply', 'reject_code', 'reject_message', 'error_code']);
const canisterLabels = new Set([
  'controllers',
  'module_hash',
  'canister_creation_timestamp',
  'last_install_timestamp',
]);
const apiBoundaryNodeLabels = new Set(['domain', 'ipv4_address', 'ipv6_address']);
const subnetLabels = new Set(['public_key', 'type', 'canister_ranges', 'node']);
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Checks that the reader may see what is at the paths, or that there is nothing.
 *
 * Source: IC interface spec, 'Request: Read state'; statuses and texts of dfinity/ic `read_state/canister.rs`.
 *
 * @throws HttpApiError
 */
export function checkReadable(network: LocalNetwork, reader: StateReader, paths: readonly StatePath[]): void {
  for (const path of paths) checkPath(network, reader, path);
  requireOneId(paths, 'request_status');
  requireOneId(paths, 'canister_ranges');
}

function checkPath(network: LocalNetwork, reader: StateReader, path: StatePath): void {
  const labels = path.map((label) => Buffer.from(label).toString('latin1'));
  switch (labels[0]) {
    case 'time':
      if (path.length === 1) return;
      break;
    case 'api_boundary_nodes':
      if (path.length <= 2 || (path.length === 3 && apiBoundaryNodeLabels.has(labels[2] ?? ''))) return;
      break;
    case 'subnet':
      if (isSubnetPath(labels)) return;
      if (path.length === 3 && labels[2] === 'metrics' && reader.scope.kind === 'subnet') {
        requireSameId(reader.scope, path);
        return;
      }
      break;
    case 'canister_ranges':
      if (path.length === 2 && reader.scope.kind === 'subnet') return;
      break;
    case 'request_status':
      if (path.length === 2 || (path.length === 3 && requestLabels.has(labels[2] ?? ''))) {
        checkRequest(network, reader, path[1] ?? new Uint8Array());
        return;
      }
      break;
    case 'canister':
      if (path.length === 3 && canisterLabels.has(labels[2] ?? '')) {
        canisterAt(reader, path);
        return;
      }
      if (path.length === 4 && labels[2] === 'metadata') {
        checkMetadata(network, reader, path);
        return;
      }
  }
  throw new HttpApiError('INVALID_PATH', 'Invalid path requested.', 404);
}

/** What everybody may read of any subnet. */
function isSubnetPath(labels: readonly string[]): boolean {
  const [, , part, , ofNode] = labels;
  if (labels.length <= 2) return true;
  if (labels.length === 3) return subnetLabels.has(part ?? '');
  return part === 'node' && (labels.length === 4 || (labels.length === 5 && ofNode === 'public_key'));
}

/** Of these, one read tells about one. */
function requireOneId(paths: readonly StatePath[], root: string): void {
  const ids = paths
    .filter(([label]) => label !== undefined && Buffer.from(label).toString('latin1') === root)
    .map(([, id = new Uint8Array()]) => Buffer.from(id).toString('hex'));
  const other = ids.find((id) => id !== ids[0]);
  if (other === undefined) return;
  throw new HttpApiError(
    'INVALID_PATH',
    `More than one id exists in ${root} paths: ${ids[0] ?? ''} and ${other}. Read them one by one.`,
  );
}

function checkRequest(
  network: LocalNetwork,
  { sender, scope, targets }: StateReader,
  requestId: Uint8Array,
): void {
  if (requestId.length !== requestIdBytes) {
    throw new HttpApiError('INVALID_REQUEST_ID', `Invalid request ID: it must have ${requestIdBytes} bytes.`);
  }
  const ingress = network.findRequest(requestId);
  if (ingress === undefined) return;
  const record = network.ingressRecord(ingress);
  if (record.sender.compareTo(sender) !== 'eq') {
    throw new HttpApiError(
      'READ_STATE_FORBIDDEN',
      'Request IDs must be for requests signed by the caller.',
      403,
    );
  }
  if (record.effectiveCanisterId.compareTo(scope.id) !== 'eq') {
    throw new HttpApiError(
      'READ_STATE_FORBIDDEN',
      `Request IDs must be for requests to the effective ${scope.kind} ID in the URL.`,
      403,
    );
  }
  if (targets?.some((target) => target.compareTo(record.receiver) === 'eq') === false) {
    throw new HttpApiError(
      'NOT_A_DELEGATION_TARGET',
      `Canister '${record.receiver.toText()}' is not one of the delegation targets.`,
      403,
    );
  }
}

/** The canister in the path, which must be the one in the URL. */
function canisterAt({ scope }: StateReader, path: StatePath): Principal {
  if (scope.kind === 'subnet') {
    throw new HttpApiError(
      'INVALID_PATH',
      'Canister information is read through /api/v3/canister/<id>/read_state.',
      404,
    );
  }
  requireSameId(scope, path);
  return scope.id;
}

function requireSameId({ id }: Scope, [, requested = new Uint8Array()]: StatePath): void {
  if (Buffer.compare(requested, id.toUint8Array()) === 0) return;
  throw new HttpApiError(
    'WRONG_EFFECTIVE_ID',
    `Effective principal id in URL ${id.toText()} does not match requested principal id: ${Buffer.from(requested).toString('hex')}`,
  );
}

function checkMetadata(network: LocalNetwork, reader: StateReader, path: StatePath): void {
  const canisterId = canisterAt(reader, path);
  const name = metadataName(path[3] ?? new Uint8Array());
  if (!network.hasCanister(canisterId)) return;
  const { controllers, metadata } = network.canister(canisterId);
  const isController = controllers.some((controller) => controller.compareTo(reader.sender) === 'eq');
  if (metadata.get(name)?.visibility === 'private' && !isController) {
    throw new HttpApiError(
      'READ_STATE_FORBIDDEN',
      `Custom section ${name} can only be requested by the controllers of the canister.`,
      403,
    );
  }
}

function metadataName(label: Uint8Array): string {
  try {
    return strictUtf8.decode(label);
  } catch {
    throw new HttpApiError('INVALID_PATH', 'Could not parse the custom section name: it is not UTF-8.');
  }
}
