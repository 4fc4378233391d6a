import { rejectionOf, type Rejection } from '../rejection.ts';
import type { PreparedModule } from '../wasm/index.ts';
import type { InstallMode } from './contract.ts';

/** The custom section by which a Motoko module says that its heap survives upgrades. */
const persistenceSection = 'enhanced-orthogonal-persistence';

/**
 * Whether an upgrade's `wasm_memory_persistence` fits the two modules: a canister whose heap is its memory must not
 * lose it by an option left out, and `keep` makes no sense for a module that expects a fresh heap.
 *
 * @returns why the upgrade is refused (IC0504), or undefined
 */
export function upgradeOptionRejection(
  mode: InstallMode,
  current: PreparedModule,
  next: PreparedModule,
): Rejection | undefined {
  if (mode.kind !== 'upgrade') return undefined;
  if (mode.wasmMemoryPersistence === undefined && keepsItsHeap(current)) {
    return rejectionOf(
      'IC0504',
      'Missing upgrade option: Enhanced orthogonal persistence requires the `wasm_memory_persistence` upgrade option.',
    );
  }
  if (mode.wasmMemoryPersistence === 'keep' && !keepsItsHeap(next)) {
    return rejectionOf(
      'IC0504',
      'Invalid upgrade option: The `wasm_memory_persistence: opt Keep` upgrade option requires that the new canister ' +
        'module supports enhanced orthogonal persistence.',
    );
  }
  return undefined;
}

function keepsItsHeap(module: PreparedModule): boolean {
  return module.customSections.has(persistenceSection);
}
