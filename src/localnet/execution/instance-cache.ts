import { SystemApiHost } from '../system-api/host.ts';
import { systemApiImports } from '../system-api/index.ts';
import type { CanisterKey, InstalledCode } from '../state.ts';
import {
  CanisterInstance,
  type HeapImage,
  type PreparedModule,
  type StableImage,
  StableMemory,
} from '../wasm/index.ts';

/** A Wasm instance with its stable memory, and the images they equal at present. */
export interface LiveInstance {
  readonly module: PreparedModule;
  readonly instance: CanisterInstance;
  readonly host: SystemApiHost;
  /** Whether its code is never optimised. */
  readonly isBaseline: boolean;
  /** Undefined while an execution runs and after one that was not committed. */
  heap: HeapImage | undefined;
  stable: StableImage | undefined;
}

/** Instantiates a module, at an image or fresh. @throws WasmTrap when its segments do not fit */
export function createLiveInstance(module: PreparedModule, heap?: HeapImage): LiveInstance {
  return instantiate(module, heap, false);
}

/** An instance of the module's baseline code with these memories. */
export function createBaselineInstance(
  module: PreparedModule,
  heap: HeapImage,
  stable: StableImage,
): LiveInstance {
  const live = instantiate(module, heap, true);
  live.host.stable.restore(stable);
  live.stable = stable;
  return live;
}

function instantiate(module: PreparedModule, heap: HeapImage | undefined, isBaseline: boolean): LiveInstance {
  const host = new SystemApiHost(new StableMemory());
  const compiled = isBaseline ? module.baseline() : module.compiled;
  const instance = CanisterInstance.create(module, systemApiImports(host), heap, compiled);
  host.attach(instance);
  return { module, instance, host, isBaseline, heap, stable: undefined };
}

/**
 * The instances kept alive between messages, least recently used first. The state lives in images; an instance is
 * only a fast way to continue from one, so dropping it never loses anything.
 */
export class InstanceCache {
  readonly #live = new Map<CanisterKey, LiveInstance>();

  constructor(private readonly capacity: number) {}

  /** An instance that equals the code's committed state. */
  acquire(key: CanisterKey, code: InstalledCode): LiveInstance {
    const live = this.#reusable(key, code) ?? createLiveInstance(code.module, code.heap);
    live.heap = code.heap;
    if (live.stable !== code.stable) live.host.stable.restore(code.stable);
    live.stable = code.stable;
    this.keep(key, live);
    return live;
  }

  keep(key: CanisterKey, live: LiveInstance): void {
    this.#live.delete(key);
    this.#live.set(key, live);
    if (this.#live.size > this.capacity) {
      const oldest = this.#live.keys().next();
      if (oldest.done !== true) this.#live.delete(oldest.value);
    }
  }

  #reusable(key: CanisterKey, code: InstalledCode): LiveInstance | undefined {
    const live = this.#live.get(key);
    if (live?.module !== code.module || !live.instance.reusable) return undefined;
    return live.heap === code.heap || live.instance.rewind(code.heap) ? live : undefined;
  }
}
