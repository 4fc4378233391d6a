import { IDL } from '@dfinity/candid';

/**
 * Decodes a Candid message that came from outside, as `IDL.decode` does.
 *
 * `IDL.decode` makes an object of every value, also of those that take no bytes: 19 bytes can say `vec null` with two
 * thousand million elements, which ends the process. Such messages are refused before, as the replica's decoding quota
 * does.
 *
 * @throws Error when the bytes are not of these types, or hold more values than a message of their size needs
 */
export function decodeCandid(types: IDL.Type[], bytes: Uint8Array): unknown[] {
  if (!isOfReasonableCost(bytes)) {
    throw new Error(
      'The message holds more values than its size allows; send fewer values that take no bytes.',
    );
  }
  return IDL.decode(types, bytes);
}

/** Records within records share a byte; more values for each byte are no data. */
const valuesPerByte = 8;
const valuesOfAnyMessage = 10_000;
const magicBytes = 4;
const lebPayload = 128;
const lebSign = 64;

/** The type codes of the Candid specification, 'Binary format'. */
const code = {
  null: -1,
  nat: -3,
  int: -4,
  text: -15,
  reserved: -16,
  empty: -17,
  opt: -18,
  vec: -19,
  record: -20,
  variant: -21,
  func: -22,
  service: -23,
  principal: -24,
} as const;
/** How many bytes a value of these types takes: bool, nat8 to nat64, int8 to int64, the two floats, and nothing. */
const fixedBytes = new Map<number, number>([
  [code.null, 0],
  [-2, 1],
  [-5, 1],
  [-6, 2],
  [-7, 4],
  [-8, 8],
  [-9, 1],
  [-10, 2],
  [-11, 4],
  [-12, 8],
  [-13, 4],
  [-14, 8],
  [code.reserved, 0],
]);

interface TableEntry {
  readonly kind: number;
  /** What it consists of: the one type of an option or vector, those of the fields. Empty for references. */
  readonly parts: readonly number[];
}

/** The message is malformed, or its end is reached: what the decoder itself complains about. */
class MalformedError extends Error {}
class TooCostlyError extends Error {}

function isOfReasonableCost(bytes: Uint8Array): boolean {
  try {
    new Walk(bytes).message();
    return true;
  } catch (error) {
    // RangeError: nested deeper than the stack, on which the decoder needs more than this walk.
    if (error instanceof TooCostlyError || error instanceof RangeError) return false;
    if (error instanceof MalformedError) return true;
    throw error;
  }
}

/** Goes over a message without making anything of it. */
class Walk {
  #offset = magicBytes;
  #valuesLeft: number;
  readonly #table: TableEntry[] = [];

  constructor(private readonly bytes: Uint8Array) {
    this.#valuesLeft = valuesPerByte * bytes.length + valuesOfAnyMessage;
  }

  message(): void {
    for (let left = this.#unsigned(); left > 0; left -= 1) this.#table.push(this.#entry());
    for (const type of this.#types()) this.#value(type);
  }

  #types(): number[] {
    const types: number[] = [];
    for (let left = this.#unsigned(); left > 0; left -= 1) types.push(this.#signed());
    return types;
  }

  #entry(): TableEntry {
    const kind = this.#signed();
    const parts: number[] = [];
    if (kind === code.opt || kind === code.vec) parts.push(this.#signed());
    else if (kind === code.record || kind === code.variant) {
      for (let left = this.#unsigned(); left > 0; left -= 1) {
        this.#unsigned();
        parts.push(this.#signed());
      }
    } else if (kind === code.func) {
      this.#types();
      this.#types();
      this.#skip(this.#unsigned());
    } else if (kind === code.service) {
      for (let left = this.#unsigned(); left > 0; left -= 1) {
        this.#skip(this.#unsigned());
        this.#signed();
      }
    } else this.#skip(this.#unsigned());
    return { kind, parts };
  }

  #value(type: number): void {
    this.#valuesLeft -= 1;
    if (this.#valuesLeft < 0) throw new TooCostlyError();
    const fixed = fixedBytes.get(type);
    if (fixed !== undefined) this.#skip(fixed);
    else if (type >= 0) this.#composite(this.#table[type]);
    else if (type === code.nat || type === code.int) this.#number();
    else if (type === code.text) this.#skip(this.#unsigned());
    else if (type === code.principal) this.#reference();
    else throw new MalformedError();
  }

  #composite(entry: TableEntry | undefined): void {
    switch (entry?.kind) {
      case code.opt:
        if (this.#byte() !== 0) this.#value(entry.parts[0] ?? code.empty);
        return;
      case code.vec:
        this.#vector(entry.parts[0] ?? code.empty);
        return;
      case code.record:
        for (const part of entry.parts) this.#value(part);
        return;
      case code.variant:
        this.#value(entry.parts[this.#unsigned()] ?? code.empty);
        return;
      case code.service:
        this.#reference();
        return;
      case code.func:
        this.#byte();
        this.#reference();
        this.#skip(this.#unsigned());
        return;
      default:
        throw new MalformedError();
    }
  }

  #vector(element: number): void {
    const length = this.#unsigned();
    const fixed = fixedBytes.get(element);
    if (fixed !== undefined && fixed > 0) {
      this.#skip(length * fixed);
      return;
    }
    if (length > this.#valuesLeft) throw new TooCostlyError();
    for (let left = length; left > 0; left -= 1) this.#value(element);
  }

  #reference(): void {
    this.#byte();
    this.#skip(this.#unsigned());
  }

  #byte(): number {
    const byte = this.bytes[this.#offset];
    if (byte === undefined) throw new MalformedError();
    this.#offset += 1;
    return byte;
  }

  #skip(count: number): void {
    if (this.#offset + count > this.bytes.length) throw new MalformedError();
    this.#offset += count;
  }

  #number(): void {
    while (this.#byte() >= lebPayload);
  }

  #unsigned(): number {
    let value = 0;
    for (let scale = 1; ; scale *= lebPayload) {
      const byte = this.#byte();
      value += (byte % lebPayload) * scale;
      if (byte < lebPayload) return value;
    }
  }

  #signed(): number {
    let value = 0;
    for (let scale = 1; ; scale *= lebPayload) {
      const byte = this.#byte();
      value += (byte % lebPayload) * scale;
      if (byte < lebPayload) return byte >= lebSign ? value - scale * lebPayload : value;
    }
  }
}
