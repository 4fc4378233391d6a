import { InvalidInputError } from './invalid-input-error.ts';

/** Codes of Candid's binary format (Candid specification, "Binary Format"). */
const codes = { null: -1, reserved: -16, opt: -18, vector: -19, record: -20, variant: -21 } as const;

/** What every Candid message begins with: DIDL. */
const magic = [0x44, 0x49, 0x44, 0x4c];

/** Longest number in a type table: 35 bits are more than any table of ours needs, and are exact in a double. */
const maximumNumberBytes = 5;

/**
 * Refuses Candid that would take far more steps to decode than it has bytes. Values of `null`, `reserved` and
 * `record {}` take no bytes at all, so a vector of them says with four bytes that a million are to be read, and records
 * of them multiply. Where vectors' elements and records' fields take bytes, so does every value that is decoded.
 * Our own types have no such vectors and records; they would be surplus that is read only to be skipped.
 *
 * What is not Candid at all passes: decoding will say what is wrong with it.
 *
 * @throws InvalidInputError
 */
export function requireBoundedDecoding(bytes: Uint8Array): void {
  if (!magic.every((byte, index) => bytes[index] === byte)) return;
  const table = new TypeTableReader(bytes);
  const count = table.natural();
  const elements: number[] = [];
  const emptyRecords = new Set<number>();
  for (let index = 0; index < count && table.hasMore(); index += 1) {
    const code = table.integer();
    if (code === codes.vector) elements.push(table.integer());
    else if (code === codes.opt) table.integer();
    else if (code === codes.record || code === codes.variant) {
      const fields = table.natural();
      if (code === codes.record && fields === 0) emptyRecords.add(index);
      for (let field = 0; field < fields && table.hasMore(); field += 1) {
        table.natural();
        const type = table.integer();
        if (code === codes.record) elements.push(type);
      }
    } else throw refusal('no functions, services or types of the future');
  }
  const takesNoBytes = (type: number): boolean =>
    type === codes.null || type === codes.reserved || emptyRecords.has(type);
  if (elements.some(takesNoBytes)) {
    throw refusal('no vectors or records of null, reserved or record {}');
  }
}

function refusal(rule: string): InvalidInputError {
  return new InvalidInputError('argument', `must be Candid of the documented types, with ${rule}`, 'surplus');
}

class TypeTableReader {
  private offset = magic.length;

  constructor(private readonly bytes: Uint8Array) {}

  hasMore(): boolean {
    return this.offset < this.bytes.length;
  }

  /** Unsigned LEB128. */
  natural(): number {
    return this.number().value;
  }

  /** Signed LEB128. */
  integer(): number {
    const { value, range, negative } = this.number();
    return negative ? value - range : value;
  }

  private number(): { value: number; range: number; negative: boolean } {
    let value = 0;
    let range = 1;
    for (let read = 0; read < maximumNumberBytes; read += 1) {
      const byte = this.bytes[this.offset] ?? 0;
      this.offset += 1;
      value += (byte & 0x7f) * range;
      range *= 128;
      if (byte < 0x80) return { value, range, negative: (byte & 0x40) !== 0 };
    }
    throw refusal('no numbers above 35 bits in its types');
  }
}
