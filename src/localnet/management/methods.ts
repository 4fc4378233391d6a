import { clearChunkStore, storedChunks, uploadChunk } from './chunk-store.ts';
import { createCanister } from './create.ts';
import { depositCycles } from './cycles.ts';
import { httpRequestMethod } from './http-request.ts';
import { canisterInfo } from './info.ts';
import { installChunkedCode, installCode } from './install.ts';
import { deleteCanister, startCanister, stopCanister, uninstallCode } from './lifecycle.ts';
import { fetchCanisterLogs } from './logs.ts';
import { canisterMetadata } from './metadata.ts';
import { canisterMethod, type Method, methodForAll, methodOnCanister, unavailableMethod } from './method.ts';
import { provisionalCreate, provisionalTopUp } from './provisional.ts';
import { rawRand } from './randomness.ts';
import * as signatures from './signatures.ts';
import * as snapshotSignatures from './candid-snapshots.ts';
import {
  readSnapshotData,
  readSnapshotMetadata,
  uploadSnapshotData,
  uploadSnapshotMetadata,
} from './snapshot-transfer.ts';
import { deleteSnapshot, listSnapshots, loadSnapshot, takeSnapshot } from './snapshots.ts';
import { canisterStatus } from './status.ts';
import * as subnetSignatures from './candid-subnet.ts';
import { canisterMetrics } from './metrics.ts';
import { listCanisters, nodeMetricsHistory, subnetInfo } from './subnet.ts';
import { updateSettings } from './update-settings.ts';

const everywhere = 'users and canisters';
const fromCanisters = 'canisters';
const fromCanistersAndQueries = 'canisters and user queries';
const fromQueries = 'user queries';

/**
 * Every method of `aaaaa-aa` that is built: from where it may be called, whom it obeys, what it does.
 * Source: IC interface spec 0.66, "The IC management canister".
 */
// prettier-ignore
const table: Readonly<Record<string, Method>> = {
  create_canister: methodForAll(fromCanisters, signatures.createCanister, createCanister),
  http_request: httpRequestMethod,
  raw_rand: methodForAll(fromCanisters, signatures.rawRand, rawRand),
  provisional_create_canister_with_cycles: methodForAll(everywhere, signatures.provisionalCreateCanisterWithCycles, provisionalCreate),

  provisional_top_up_canister: methodOnCanister(everywhere, 'anyone', signatures.provisionalTopUpCanister, provisionalTopUp),
  deposit_cycles: methodOnCanister(fromCanisters, 'anyone', signatures.depositCycles, depositCycles),
  canister_info: methodOnCanister(fromCanisters, 'anyone', signatures.canisterInfo, canisterInfo),
  canister_metadata: methodOnCanister(fromCanisters, 'anyone', signatures.canisterMetadata, canisterMetadata),
  canister_status: methodOnCanister(everywhere, 'status viewers or itself', signatures.canisterStatus, canisterStatus),
  fetch_canister_logs: methodOnCanister(fromCanistersAndQueries, 'log viewers', signatures.fetchCanisterLogs, fetchCanisterLogs),
  canister_metrics: methodOnCanister(everywhere, 'controllers', subnetSignatures.canisterMetrics, canisterMetrics),
  list_canisters: methodForAll(fromQueries, subnetSignatures.listCanisters, listCanisters),
  subnet_info: methodForAll(fromCanisters, subnetSignatures.subnetInfo, subnetInfo),
  node_metrics_history: methodForAll(fromCanisters, subnetSignatures.nodeMetricsHistory, nodeMetricsHistory),

  update_settings: methodOnCanister(everywhere, 'controllers', signatures.updateSettings, updateSettings),
  install_code: canisterMethod(everywhere, 'controllers', signatures.installCode.decodeArgument, (argument) => argument.canister_id, installCode),
  install_chunked_code: canisterMethod(everywhere, 'controllers', signatures.installChunkedCode.decodeArgument, (argument) => argument.target_canister, installChunkedCode),
  uninstall_code: methodOnCanister(everywhere, 'controllers', signatures.uninstallCode, uninstallCode),

  upload_chunk: methodOnCanister(everywhere, 'controllers or itself', signatures.uploadChunk, uploadChunk),
  stored_chunks: methodOnCanister(everywhere, 'controllers or itself', signatures.storedChunks, storedChunks),
  clear_chunk_store: methodOnCanister(everywhere, 'controllers or itself', signatures.clearChunkStore, clearChunkStore),

  start_canister: methodOnCanister(everywhere, 'controllers', signatures.startCanister, startCanister),
  stop_canister: canisterMethod(everywhere, 'controllers', signatures.stopCanister.decodeArgument, (argument) => argument.canister_id, stopCanister),
  delete_canister: methodOnCanister(everywhere, 'controllers', signatures.deleteCanister, deleteCanister),

  take_canister_snapshot: methodOnCanister(everywhere, 'controllers', signatures.takeCanisterSnapshot, takeSnapshot),
  load_canister_snapshot: methodOnCanister(everywhere, 'controllers', signatures.loadCanisterSnapshot, loadSnapshot),
  list_canister_snapshots: methodOnCanister(everywhere, 'snapshot viewers', signatures.listCanisterSnapshots, listSnapshots),
  delete_canister_snapshot: methodOnCanister(everywhere, 'controllers', signatures.deleteCanisterSnapshot, deleteSnapshot),
  read_canister_snapshot_metadata: methodOnCanister(everywhere, 'snapshot viewers', snapshotSignatures.readCanisterSnapshotMetadata, readSnapshotMetadata),
  read_canister_snapshot_data: methodOnCanister(everywhere, 'snapshot viewers', snapshotSignatures.readCanisterSnapshotData, readSnapshotData),
  upload_canister_snapshot_metadata: methodOnCanister(everywhere, 'controllers', snapshotSignatures.uploadCanisterSnapshotMetadata, uploadSnapshotMetadata),
  upload_canister_snapshot_data: methodOnCanister(everywhere, 'controllers', snapshotSignatures.uploadCanisterSnapshotData, uploadSnapshotData),
};

/** Methods of the specification that need more than one machine. */
const unavailable = new Set([
  'flexible_http_request',
  'ecdsa_public_key',
  'sign_with_ecdsa',
  'schnorr_public_key',
  'sign_with_schnorr',
  'vetkd_public_key',
  'vetkd_derive_key',
  'bitcoin_get_balance',
  'bitcoin_get_utxos',
  'bitcoin_send_transaction',
  'bitcoin_get_current_fee_percentiles',
  'bitcoin_get_block_headers',
]);

/** Methods that users and composite queries may call as queries. Source: dfinity/ic, `QueryMethod`. */
const queryable = new Set([
  'canister_status',
  'canister_metrics',
  'canister_info',
  'fetch_canister_logs',
  'list_canisters',
]);

/** Names of all methods, for tests that quantify over them. */
export const methodNames: readonly string[] = Object.keys(table);

export function findMethod(name: string): Method | undefined {
  if (unavailable.has(name)) return unavailableMethod(name);
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** The method of this name if it may be called as a query. */
export function findQuery(name: string): Method | undefined {
  return queryable.has(name) ? findMethod(name) : undefined;
}
