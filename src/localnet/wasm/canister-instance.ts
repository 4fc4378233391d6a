import { stopReasons } from './code-meter.ts';
import { defaultStackBytes } from './frame-size.ts';
import { capturePages, fillPages, type HeapImage, restorePages } from './heap-image.ts';
import { type PreparedModule } from './prepared-module.ts';
import { exportNames } from './reserved-exports.ts';
import { trapOfEngineError, WasmTrap } from './wasm-trap.ts';

const wasmPageBytes = 65_536;
const noMemory = new Uint8Array(0);

/**
 * Host charges are collected in a number and moved to the Wasm counter, which is a BigInt to JavaScript, only in
 * lots: a canister that loops over cheap system calls must still run into its limit.
 */
const settleAtCharge = 1_000_000;

/** The functions a module may import from `ic0`, by name. Parameters and results are numbers (i32) and BigInts (i64). */
export type SystemApiImports = Readonly<Record<string, (...parameters: never[]) => unknown>>;

/**
 * One live Wasm instance of a canister.
 *
 * Each instance reserves some 10 GB of address space in V8, so a network keeps few of them and re-creates the
 * others from their {@link HeapImage}.
 */
export class CanisterInstance {
  readonly #exports: WebAssembly.Instance['exports'];
  readonly #memory: WebAssembly.Memory | undefined;
  readonly #globals: readonly WebAssembly.Global[];
  readonly #counter: WebAssembly.Global;
  readonly #exhausted: WebAssembly.Global;
  readonly #changed: WebAssembly.Global;
  readonly #stackLeft: WebAssembly.Global;
  readonly #callbackFunctions: ReadonlySet<number>;
  #view = noMemory;
  #limit = 0n;
  #pendingCharge = 0;

  private constructor(module: PreparedModule, instance: WebAssembly.Instance) {
    this.#exports = instance.exports;
    this.#memory = instance.exports[exportNames.memory] as WebAssembly.Memory | undefined;
    this.#counter = instance.exports[exportNames.counter] as WebAssembly.Global;
    this.#exhausted = instance.exports[exportNames.exhausted] as WebAssembly.Global;
    this.#globals = module.mutableGlobals.map(
      (index) => instance.exports[exportNames.mutableGlobal(index)] as WebAssembly.Global,
    );
    this.#changed = instance.exports[exportNames.changed] as WebAssembly.Global;
    this.#stackLeft = instance.exports[exportNames.stackLeft] as WebAssembly.Global;
    this.#callbackFunctions = module.callbackFunctions;
  }

  /**
   * False once the code has changed a table or dropped a segment. The IC makes such changes vanish after every
   * message, this instance cannot undo them: create a new one for the next execution.
   */
  get reusable(): boolean {
    return this.#changed.value === 0;
  }

  /**
   * Instantiates a module; its start function is not run ({@link runStart}).
   *
   * @param module - what {@link prepareModule} returned
   * @param imports - the system API, at least the functions in `module.importedFunctions`
   * @param image - heap and globals to continue from; without it the instance is fresh
   * @param compiled - the module's code to run, `module.baseline()` instead of `module.compiled`
   * @throws WasmTrap when a data or element segment does not fit
   * @throws Error when an imported function is missing
   */
  static create(
    module: PreparedModule,
    imports: SystemApiImports,
    image?: HeapImage,
    compiled = module.compiled,
  ): CanisterInstance {
    const missing = [...module.importedFunctions].filter((name) => imports[name] === undefined);
    if (missing.length > 0)
      throw new Error(`The system API lacks functions the module imports: ${missing.join(', ')}.`);
    let instance: WebAssembly.Instance;
    try {
      instance = new WebAssembly.Instance(compiled, { ic0: imports });
    } catch (error) {
      throw trapOfEngineError(error) ?? error;
    }
    const created = new CanisterInstance(module, instance);
    if (image !== undefined) created.#fill(image, module.initialisedBytes);
    return created;
  }

  /** The whole heap; valid until the canister's memory grows next, so ask again after every call into Wasm. */
  get memory(): Uint8Array {
    // Growing detaches the buffer, which leaves the old view with length 0.
    if (this.#view.length === 0 && this.#memory !== undefined)
      this.#view = new Uint8Array(this.#memory.buffer);
    return this.#view;
  }

  /** Whether the module has a start function. */
  get hasStart(): boolean {
    return this.hasExport(exportNames.start);
  }

  /** Whether the module exports a function of this name. */
  hasExport(name: string): boolean {
    return typeof this.#exports[name] === 'function';
  }

  /**
   * Starts an execution: resets the instruction counter, and the stack, of which a trap has left a part taken.
   *
   * @param instructionLimit - instructions until the execution traps with 'instruction limit'
   * @param stackBytes - what its functions may take of the stack until it traps with 'stack overflow'
   */
  beginExecution(instructionLimit: bigint, stackBytes = defaultStackBytes): void {
    this.#limit = instructionLimit;
    this.#pendingCharge = 0;
    this.#counter.value = instructionLimit;
    this.#exhausted.value = 0;
    this.#stackLeft.value = stackBytes;
  }

  /**
   * Adds what a system call costs to the counter.
   *
   * @throws WasmTrap 'instruction limit'; checked in lots here and exactly when the outermost call returns
   */
  charge(instructions: number): void {
    this.#pendingCharge += instructions;
    if (this.#pendingCharge >= settleAtCharge) this.#settle();
  }

  /** Instructions of this execution so far: Wasm instructions by the IC's weights plus {@link charge}s. */
  instructionsUsed(): bigint {
    return this.#limit - (this.#counter.value as bigint) + BigInt(this.#pendingCharge);
  }

  /**
   * Runs an exported function without parameters, such as `canister_update greet`.
   *
   * @throws WasmTrap, and whatever a host import threw, untouched
   */
  callExport(name: string): void {
    const exported = this.#exports[name];
    if (typeof exported !== 'function') throw new Error(`The module exports no function '${name}'.`);
    this.#run(() => exported());
  }

  /**
   * Runs a callback: the function at `index` of table 0, which must take one i32 and return nothing.
   *
   * @param index - table index, unsigned
   * @param env - the i32 passed to it
   * @throws WasmTrap ('function not found' beyond the table, 'contract violation' where no such function stands in it),
   *   and whatever a host import threw
   */
  callTable(index: number, env: number): void {
    const table = this.#exports[exportNames.table] as WebAssembly.Table | undefined;
    if (table === undefined) throw new WasmTrap('contract violation', 'table not found');
    if (index >= table.length) {
      throw new WasmTrap(
        'function not found',
        `Canister requested to invoke a non-existent Wasm function ${index} from table 0`,
      );
    }
    const callback: unknown = table.get(index);
    if (typeof callback !== 'function') {
      throw new WasmTrap('contract violation', 'unexpected null function reference');
    }
    // The engine would convert the argument, or throw a TypeError; a function's name is its index in the module.
    if (!this.#callbackFunctions.has(Number(callback.name))) {
      throw new WasmTrap('contract violation', 'function invocation does not match its signature');
    }
    this.#run(() => (callback as (env: number) => unknown)(env));
  }

  /** Runs the module's start function, if it has one. @throws like {@link callExport} */
  runStart(): void {
    if (this.hasStart) this.callExport(exportNames.start);
  }

  /**
   * Freezes heap and globals.
   *
   * @param previous - the image this instance was at before; its unchanged pages are shared. Absent: all zero
   * @returns the image (`previous` itself when nothing changed) and the number of 4 KiB pages that differ
   */
  capture(previous: HeapImage | undefined): { image: HeapImage; dirtyPages: number } {
    const { pages, dirtyPages } = capturePages(this.#memoryAsBuffer(), previous?.pages ?? []);
    const globals = this.#globals.map((global) => global.value);
    const byteLength = this.memory.length;
    const unchanged =
      previous !== undefined &&
      dirtyPages === 0 &&
      previous.byteLength === byteLength &&
      globals.every((value, index) => Object.is(value, previous.globals[index]));
    return { image: unchanged ? previous : { pages, byteLength, globals }, dirtyPages };
  }

  /**
   * Makes this instance equal to an image again, after a query or a trap.
   *
   * @returns false when it cannot: the memory has grown (Wasm memory never shrinks) or the instance is not
   *   {@link reusable}. Discard the instance then
   */
  rewind(to: HeapImage): boolean {
    if (!this.reusable || this.memory.length !== to.byteLength) return false;
    this.#checkGlobals(to);
    restorePages(this.#memoryAsBuffer(), to.pages);
    this.#setGlobals(to);
    return true;
  }

  #fill(image: HeapImage, initialisedBytes: number): void {
    this.#checkGlobals(image);
    const missingBytes = image.byteLength - this.memory.length;
    if (missingBytes > 0) this.#memory?.grow(missingBytes / wasmPageBytes);
    fillPages(this.#memoryAsBuffer(), image.pages, initialisedBytes);
    this.#setGlobals(image);
  }

  #checkGlobals(image: HeapImage): void {
    if (image.globals.length !== this.#globals.length) {
      throw new Error('The heap image has other globals than the module: it belongs to another module.');
    }
  }

  #setGlobals(image: HeapImage): void {
    this.#globals.forEach((global, index) => {
      global.value = image.globals[index] as number | bigint;
    });
  }

  #memoryAsBuffer(): Buffer {
    const { buffer, byteOffset, length } = this.memory;
    return Buffer.from(buffer as ArrayBuffer, byteOffset, length);
  }

  #run(body: () => unknown): void {
    try {
      body();
    } catch (error) {
      if (this.#exhausted.value === stopReasons.instructionLimit) throw this.#limitTrap();
      if (this.#exhausted.value === stopReasons.stackFull) throw new WasmTrap('stack overflow');
      throw trapOfEngineError(error) ?? error;
    }
    this.#settle();
  }

  #settle(): void {
    const left = (this.#counter.value as bigint) - BigInt(this.#pendingCharge);
    this.#counter.value = left;
    this.#pendingCharge = 0;
    if (left < 0n) throw this.#limitTrap();
  }

  #limitTrap(): WasmTrap {
    return new WasmTrap(
      'instruction limit',
      `Canister exceeded the limit of ${this.#limit} instructions for single message execution.`,
    );
  }
}
