import { contractViolation } from '../canister-failure.ts';
import type { Execution } from '../execution/execution.ts';
import { type CanisterInstance, type StableMemory, WasmTrap } from '../wasm/index.ts';
import { StableAccess, stableAccessLimitOf } from './stable-access.ts';

const mask64 = 0xffff_ffff_ffff_ffffn;
/** Balances are kept without bound, canisters see 128 bits. */
const largestCycles = 2n ** 128n - 1n;
const bitsPerWord = 64n;
const bytesPerWord = 8;

/**
 * What system calls work on: one live instance with its stable memory, and the execution running in it.
 * Lives as long as the instance; `execution` changes with every message.
 */
export class SystemApiHost {
  execution: Execution | undefined;
  #instance: CanisterInstance | undefined;
  #accessOf: Execution | undefined;
  #stableAccess = new StableAccess(0);

  constructor(readonly stable: StableMemory) {}

  /** The instance exists only after its imports do. */
  attach(instance: CanisterInstance): void {
    this.#instance = instance;
  }

  get instance(): CanisterInstance {
    if (this.#instance === undefined)
      throw new Error('A system call was made while the module was instantiated.');
    return this.#instance;
  }

  get input(): Execution['input'] {
    return this.#running().input;
  }

  get effects(): Execution['effects'] {
    return this.#running().effects;
  }

  /** What this execution has accessed of the stable memory so far. */
  get stableAccess(): StableAccess {
    if (this.#accessOf !== this.execution) {
      this.#accessOf = this.execution;
      this.#stableAccess = new StableAccess(stableAccessLimitOf(this.input.mode));
    }
    return this.#stableAccess;
  }

  charge(instructions: number): void {
    this.instance.charge(instructions);
  }

  /** Copies bytes out of the heap, charging for them. @throws WasmTrap 'heap out of bounds' */
  read(source: number, size: number): Uint8Array {
    return this.view(source, size).slice();
  }

  /** The heap's own bytes; must not outlive the system call. @throws WasmTrap 'heap out of bounds' */
  view(source: number, size: number): Uint8Array {
    const start = source >>> 0;
    const length = size >>> 0;
    const { memory } = this.instance;
    if (start + length > memory.length) throw new WasmTrap('heap out of bounds');
    this.charge(length);
    return memory.subarray(start, start + length);
  }

  /** Copies bytes into the heap, charging for them. @throws WasmTrap 'heap out of bounds' */
  write(destination: number, bytes: Uint8Array): void {
    this.view(destination, bytes.length).set(bytes);
  }

  /**
   * The `x_copy(dst, offset, size)` idiom.
   *
   * @throws CanisterFailure when the slice is not inside `bytes`
   */
  copyOut(name: string, bytes: Uint8Array, destination: number, offset: number, size: number): void {
    const start = offset >>> 0;
    const length = size >>> 0;
    if (start + length > bytes.length) {
      throw contractViolation(
        `ic0.${name}: src=${start} + length=${length} exceeds the slice size=${bytes.length}`,
      );
    }
    this.write(destination, bytes.subarray(start, start + length));
  }

  /** Writes an amount of cycles as 16 bytes, little endian; what does not fit looks like the largest that does. */
  writeCycles(destination: number, amount: bigint): void {
    const shown = amount < largestCycles ? amount : largestCycles;
    const bytes = new Uint8Array(2 * bytesPerWord);
    const view = new DataView(bytes.buffer);
    view.setBigUint64(0, shown & mask64, true);
    view.setBigUint64(bytesPerWord, shown >> bitsPerWord, true);
    this.write(destination, bytes);
  }

  #running(): Execution {
    if (this.execution === undefined) throw new Error('A system call was made outside of an execution.');
    return this.execution;
  }
}

/** A 128-bit amount from its two halves, which Wasm passes as signed numbers. */
export function cyclesOf(high: bigint, low: bigint): bigint {
  return (
    (BigInt.asUintN(Number(bitsPerWord), high) << bitsPerWord) | BigInt.asUintN(Number(bitsPerWord), low)
  );
}

/** Amounts for the functions of the time when cycles had 64 bits. @throws WasmTrap */
export function as64Bit(amount: bigint): bigint {
  if (amount > mask64) throw new WasmTrap('cycles amount exceeds 64-bit representation');
  return amount;
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads UTF-8 text, or undefined when the bytes are none. */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return undefined;
  }
}
