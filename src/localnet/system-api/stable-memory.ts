import { WasmTrap } from '../wasm/index.ts';
import type { SystemApiHost } from './host.ts';

const wasmPageBytes = 65_536;
/** 4 GiB in pages: beyond it the 32-bit functions trap. */
const maximum32BitPages = 65_536;
const unsignedBits = 64;
const growFailed32 = -1;

/** Stable memory, by the 64-bit functions and the 32-bit ones of older CDKs. */
export function stableMemoryFunctions(host: SystemApiHost) {
  const { stable } = host;
  const require32BitSize = (): void => {
    if (stable.sizePages > maximum32BitPages) {
      throw new WasmTrap('32 bit stable memory api used on a memory larger than 4GB');
    }
  };
  const requireInside = (offset: bigint, size: bigint): void => {
    if (offset + size > BigInt(stable.sizePages) * BigInt(wasmPageBytes)) {
      throw new WasmTrap('stable memory out of bounds');
    }
  };
  // Bounds come before the heap's: a size beyond 2^32 must not be cut to the 32 bits of a heap address.
  const read = (destination: bigint, offset: bigint, size: bigint): void => {
    requireInside(offset, size);
    host.stableAccess.read(offset, size);
    stable.read(offset, host.view(heapAddress(destination), heapAddress(size)));
  };
  const write = (offset: bigint, source: bigint, size: bigint): void => {
    requireInside(offset, size);
    host.stableAccess.write(offset, size);
    stable.write(offset, host.view(heapAddress(source), heapAddress(size)));
  };
  return {
    stable64_size: () => BigInt(stable.sizePages),
    stable64_grow: (pages: bigint) => stable.grow(BigInt.asUintN(unsignedBits, pages)),
    stable64_read: (destination: bigint, offset: bigint, size: bigint) => {
      read(unsigned(destination), unsigned(offset), unsigned(size));
    },
    stable64_write: (offset: bigint, source: bigint, size: bigint) => {
      write(unsigned(offset), unsigned(source), unsigned(size));
    },
    stable_size: () => {
      require32BitSize();
      return stable.sizePages;
    },
    stable_grow: (pages: number) => {
      require32BitSize();
      const wanted = pages >>> 0;
      return stable.sizePages + wanted > maximum32BitPages ? growFailed32 : Number(stable.grow(wanted));
    },
    stable_read: (destination: number, offset: number, size: number) => {
      require32BitSize();
      read(BigInt(destination >>> 0), BigInt(offset >>> 0), BigInt(size >>> 0));
    },
    stable_write: (offset: number, source: number, size: number) => {
      require32BitSize();
      write(BigInt(offset >>> 0), BigInt(source >>> 0), BigInt(size >>> 0));
    },
  };
}

function unsigned(value: bigint): bigint {
  return BigInt.asUintN(unsignedBits, value);
}

function heapAddress(value: bigint): number {
  if (value > 0xffff_ffffn) throw new WasmTrap('heap out of bounds');
  return Number(value);
}
