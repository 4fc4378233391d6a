import type { Principal } from '@dfinity/principal';
import { numbers, opcodes, scratch, storedPrograms } from './programmable-canister.ts';
import { systemFunctionNumber, systemFunctions } from './system-functions.ts';

/** A call a program makes. */
export interface ProgramCall {
  readonly to: Principal;
  /** Default: `run`, whose argument is a program. */
  readonly method?: string;
  readonly arg?: Program | Uint8Array;
  readonly onReply?: Program;
  readonly onReject?: Program;
  readonly onCleanup?: Program;
  readonly cycles?: bigint;
  /** Bounded wait of so many seconds. */
  readonly timeoutSeconds?: number;
}

const noTimeout = 0xffff_ffff;

/** Writes what a programmable canister shall do, in order. Every method returns the program itself. */
export class Program {
  readonly #parts: Uint8Array[] = [];

  get bytes(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.#parts));
  }

  /** Goes on with what another program does. */
  followedBy(other: Program): this {
    this.#parts.push(other.bytes);
    return this;
  }
  append(content: string | Uint8Array): this {
    return this.#op('appendBlob').#blob(content);
  }
  /** Appends a number to the reply, as eight bytes. */
  appendNumber(which: keyof typeof numbers): this {
    return this.#op('appendNumber').#u8(numbers[which]);
  }
  appendArgument(): this {
    return this.#op('appendArgument');
  }
  appendRejectMessage(): this {
    return this.#op('appendRejectMessage');
  }
  appendCaller(): this {
    return this.#op('appendCaller');
  }
  appendVariable(name: string): this {
    return this.#op('appendVariable').#blob(name);
  }
  /** Sends the reply, after appending the text if there is one. */
  reply(text = ''): this {
    if (text !== '') this.append(text);
    return this.#op('reply');
  }
  reject(text: string): this {
    return this.#op('reject').#blob(text);
  }
  trap(text: string): this {
    return this.#op('trap').#blob(text);
  }
  unreachable(): this {
    return this.#op('unreachable');
  }
  call(call: ProgramCall): this {
    const arg = call.arg instanceof Program ? call.arg.bytes : (call.arg ?? new Uint8Array());
    return this.#op('call')
      .#callee(call)
      .#blob(call.onCleanup?.bytes ?? '')
      .#blob(arg)
      .#u64(call.cycles ?? 0n)
      .#u32(call.timeoutSeconds ?? noTimeout);
  }
  /** `call_new` without `call_perform`. */
  abandonCall(call: ProgramCall): this {
    return this.#op('abandonCall')
      .#callee(call)
      .#u64(call.cycles ?? 0n);
  }
  setTimer(timeNanos: bigint): this {
    return this.#op('setTimer').#u64(timeNanos);
  }
  acceptCycles(maximum: bigint): this {
    return this.#op('acceptCycles').#u64(maximum);
  }
  burnCycles(amount: bigint): this {
    return this.#op('burnCycles').#u64(amount);
  }
  addToHeap(amount: bigint): this {
    return this.#op('addToHeap').#u64(amount);
  }
  /** A mutable Wasm global, which no instance may carry over a trap. */
  addToGlobal(amount: bigint): this {
    return this.#op('addToGlobal').#u64(amount);
  }
  growHeap(pages: number): this {
    return this.#op('growHeap').#u32(pages);
  }
  growStable(pages: bigint): this {
    return this.#op('growStable').#u64(pages);
  }
  writeStable(value: bigint): this {
    return this.#op('writeStable').#u64(value);
  }
  certify(data: string | Uint8Array): this {
    return this.#op('certify').#blob(data);
  }
  acceptMessage(): this {
    return this.#op('acceptMessage');
  }
  print(text: string): this {
    return this.#op('print').#blob(text);
  }
  /** A loop of so many rounds. */
  spin(rounds: number): this {
    return this.#op('spin').#u32(rounds);
  }
  loopForever(): this {
    return this.#op('loopForever');
  }
  /** Keeps a program for the entry that runs it. */
  store(entry: keyof typeof storedPrograms, program: Program): this {
    return this.#op('storeProgram').#u8(storedPrograms[entry]).#blob(program.bytes);
  }

  /**
   * Calls any function of `ic0`; its result becomes the last result (`appendNumber('lastResult')`). Pointers may point
   * to the scratch area, see {@link writeScratch}.
   */
  system(name: string, ...parameters: readonly (number | bigint)[]): this {
    const number = systemFunctionNumber(name);
    const wanted = systemFunctions[number]?.parameters.length;
    if (parameters.length !== wanted) throw new Error(`ic0.${name} takes ${wanted ?? 0} parameters.`);
    this.#op('system').#u8(number);
    for (const parameter of parameters) this.#u64(BigInt.asUintN(64, BigInt(parameter)));
    return this;
  }
  /** Fills the scratch area, at `scratch.address`, from its beginning. @param content at most 512 bytes */
  writeScratch(content: string | Uint8Array): this {
    return this.#op('writeScratch').#blob(content);
  }
  /** Appends the first bytes of the scratch area to the reply. */
  appendScratch(bytes: number): this {
    return this.#op('appendScratch').#u32(bytes);
  }
  /** Appends what a pair of functions `x_size`, `x_copy` shows, of at most 512 bytes whose number the test knows. */
  appendSystemBlob(name: string, bytes: number): this {
    return this.system(`${name}_copy`, scratch.address, 0, bytes).appendScratch(bytes);
  }
  /** Appends an amount of cycles that a function writes, as sixteen bytes. */
  appendCycles(name: string, ...parameters: readonly (number | bigint)[]): this {
    return this.system(name, ...parameters, scratch.address).appendScratch(16);
  }
  /** Stores the last result as the heap counter, for entries that cannot reply. */
  keepResult(): this {
    return this.#op('keepResult');
  }
  /** Traps unless the last result is this. */
  requireResult(expected: number | bigint): this {
    return this.#op('requireResult').#u64(BigInt(expected));
  }
  /** In inspect_message: accepts the message if the last result is this. */
  acceptIfResult(expected: number | bigint): this {
    return this.#op('acceptIfResult').#u64(BigInt(expected));
  }

  #callee(call: ProgramCall): this {
    return this.#blob(call.to.toUint8Array())
      .#blob(call.method ?? 'run')
      .#blob(call.onReply?.bytes ?? '')
      .#blob(call.onReject?.bytes ?? '');
  }
  #op(name: keyof typeof opcodes): this {
    return this.#u8(opcodes[name]);
  }
  #u8(value: number): this {
    this.#parts.push(Uint8Array.of(value));
    return this;
  }
  #u32(value: number): this {
    this.#parts.push(new Uint8Array(Uint32Array.of(value).buffer));
    return this;
  }
  #u64(value: bigint): this {
    this.#parts.push(new Uint8Array(BigUint64Array.of(value).buffer));
    return this;
  }
  #blob(content: string | Uint8Array): this {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    this.#u32(bytes.length);
    this.#parts.push(bytes);
    return this;
  }
}

/** Starts a program. */
export function program(): Program {
  return new Program();
}
