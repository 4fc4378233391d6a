import type { CanisterState } from '../state.ts';
import { assembleModule } from './chunk-store.ts';
import type { Opt } from './candid-settings.ts';
import type { InstallMode, ManagementCall, ManagementResult } from './contract.ts';
import { originOf, recordChange } from './history.ts';
import { maximumModuleChunks } from './limits.ts';
import { reply, requirePermission, type CanisterRequest } from './method.ts';
import { canisterNotEmpty, invalidPayload, storeCanisterNotFound } from './rejections.ts';
import {
  installCode as installCodeSignature,
  type CandidInstallMode,
  type InstallChunkedCodeArgument,
  type InstallCodeArgument,
} from './signatures.ts';

/** `install_code`: the module comes with the call. */
export function installCode(request: CanisterRequest<InstallCodeArgument>): ManagementResult {
  return install(request, request.argument.wasm_module);
}

/** `install_chunked_code`: the module is put together from the chunk store of the target or of another canister. */
export function installChunkedCode(request: CanisterRequest<InstallChunkedCodeArgument>): ManagementResult {
  const { argument } = request;
  if (argument.wasm_module_hash.length !== 32) {
    throw invalidPayload(`Invalid wasm hash [${argument.wasm_module_hash.join(', ')}]`);
  }
  if (argument.chunk_hashes_list.length > maximumModuleChunks) {
    throw invalidPayload(
      `Error decoding candid: the number of elements exceeds maximum allowed ${maximumModuleChunks}`,
    );
  }
  const store = storeCanisterOf(request);
  const hashes = argument.chunk_hashes_list.map(({ hash }) => hash);
  return install(request, assembleModule(store.chunkStore, hashes, argument.wasm_module_hash));
}

/** The canister whose chunks are used; a caller other than that canister must control it. */
function storeCanisterOf({
  services,
  call,
  canister,
  argument,
}: CanisterRequest<InstallChunkedCodeArgument>): CanisterState {
  const [storeId] = argument.store_canister;
  if (storeId === undefined) return canister;
  const store = services.findCanister(storeId);
  if (store === undefined) throw storeCanisterNotFound(storeId, canister.id);
  requirePermission('controllers or itself', store, call.caller);
  return store;
}

interface InstallArgument {
  readonly mode: CandidInstallMode;
  readonly arg: Uint8Array;
  readonly sender_canister_version: Opt<bigint>;
}

function install(request: CanisterRequest<InstallArgument>, module: Uint8Array): ManagementResult {
  const { services, call, canister, argument } = request;
  const mode = installModeOf(argument.mode);
  if (mode.kind === 'install' && canister.code !== undefined) throw canisterNotEmpty(canister.id);
  const rejection = services.installCode(canister, mode, module, argument.arg, call.caller);
  if (rejection !== undefined) return { kind: 'reject', rejection };
  recordDeployment(request.services, call, canister, mode, argument.sender_canister_version);
  return reply(installCodeSignature.encodeResult(undefined));
}

function recordDeployment(
  services: CanisterRequest<unknown>['services'],
  call: ManagementCall,
  canister: CanisterState,
  mode: InstallMode,
  senderCanisterVersion: Opt<bigint>,
): void {
  if (canister.code === undefined) throw new Error('installCode succeeded but left the canister empty.');
  recordChange(services, canister, originOf(call, senderCanisterVersion), {
    kind: 'codeDeployment',
    mode: mode.kind,
    moduleHash: canister.code.moduleHash,
  });
}

function installModeOf(mode: CandidInstallMode): InstallMode {
  if ('install' in mode) return { kind: 'install' };
  if ('reinstall' in mode) return { kind: 'reinstall' };
  const [options] = mode.upgrade;
  const persistence = options?.wasm_memory_persistence[0];
  return {
    kind: 'upgrade',
    skipPreUpgrade: options?.skip_pre_upgrade[0] ?? false,
    wasmMemoryPersistence: persistence && ('keep' in persistence ? 'keep' : 'replace'),
  };
}
