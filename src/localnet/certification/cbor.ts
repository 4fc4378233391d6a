import { decode, encode, Token, Tokenizer, Type } from 'cborg';
import { concatBytes } from './bytes.ts';

/** What CBOR of the IC's HTTP interface holds. Maps are decoded as `Map`, so that a key is never a prototype's name. */
export type CborValue =
  | null
  | undefined
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly CborValue[]
  | CborMap
  | { readonly [key: string]: CborValue };

export type CborMap = ReadonlyMap<CborValue, CborValue>;

/** `instanceof Map` alone would make the keys and values untyped. */
export function isCborMap(value: CborValue): value is CborMap {
  return value instanceof Map;
}

/** Largest CBOR read. The IC's HTTP endpoint takes bodies of 4 MiB (dfinity/ic `rs/config/src/http_handler.rs`). */
export const maximumCborBytes = 4 * 1_048_576;
/**
 * Deepest nesting read. A hash tree may be 128 deep (dfinity/ic-certified-map and response-verification refuse deeper
 * ones); the rest is for what is around it.
 */
export const maximumCborDepth = 160;
/** Most values in one CBOR: 1,000 paths of 127 labels and some, so that 4 MiB of empty arrays is not 4 million objects. */
export const maximumCborValues = 200_000;

/** Bytes are not the CBOR the IC's HTTP interface has. */
export class CborError extends Error {
  override readonly name = 'CborError';
  readonly code = 'MALFORMED_CBOR';
}

const selfDescribeTag = 55_799;
const selfDescribeBytes = Uint8Array.of(0xd9, 0xd9, 0xf7);

/**
 * CBOR with the self-describing tag in front, as the IC sends it.
 *
 * @param value objects' undefined fields are left out; a Principal is passed as its bytes
 */
export function encodeCbor(value: CborValue): Uint8Array {
  return concatBytes(selfDescribeBytes, encode(value, { ignoreUndefinedProperties: true }));
}

/**
 * Reads one CBOR value; the self-describing tag may stand in front of any value, other tags are refused.
 * Integers beyond 2^53 come as bigint, smaller ones as number.
 *
 * @throws CborError when it is malformed, too large, too deep, or a map names a key twice
 */
export function decodeCbor(bytes: Uint8Array): CborValue {
  if (bytes.length > maximumCborBytes) {
    throw new CborError(`CBOR of ${bytes.length} bytes is larger than ${maximumCborBytes} bytes; send less.`);
  }
  const options = {
    useMaps: true,
    // Nanoseconds are beyond 2^53.
    allowBigInt: true,
    allowIndefinite: true,
    allowUndefined: true,
    rejectDuplicateMapKeys: true,
    tags: { [selfDescribeTag]: (content: () => unknown) => content() },
  };
  try {
    // A plain view: slices of a Buffer would be Buffers that share its memory.
    const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const tokenizer = new BoundedTokenizer(plain, options);
    return decode(plain, { ...options, tokenizer }) as CborValue;
  } catch (error) {
    if (error instanceof CborError) throw error;
    throw new CborError(error instanceof Error ? error.message : String(error));
  }
}

/**
 * Stops before the decoder recurses too deep or makes too many objects.
 * Keeps, for every value that is open, how many values are still to come in it.
 */
class BoundedTokenizer extends Tokenizer {
  readonly #open: number[] = [];
  #values = 0;

  override next(): Token {
    const token = super.next();
    this.#values += 1;
    if (this.#values > maximumCborValues) {
      throw new CborError(`CBOR holds more than ${maximumCborValues} values; send fewer.`);
    }
    const children = childrenOf(token);
    if (children > 0) {
      this.#open.push(children);
      if (this.#open.length > maximumCborDepth) {
        throw new CborError(`CBOR is nested deeper than ${maximumCborDepth} levels; send a flatter value.`);
      }
      return token;
    }
    // A value is complete, and with it every value it was the last part of.
    if (Type.equals(token.type, Type.break)) this.#open.pop();
    while (this.#open.length > 0) {
      const remaining = (this.#open.pop() ?? 0) - 1;
      if (remaining === 0) continue;
      this.#open.push(remaining);
      break;
    }
    return token;
  }
}

/** How many values follow that belong to this one; infinitely many until a break. */
function childrenOf(token: Token): number {
  if (Type.equals(token.type, Type.array)) return Number(token.value);
  if (Type.equals(token.type, Type.map)) return 2 * Number(token.value);
  return Type.equals(token.type, Type.tag) ? 1 : 0;
}
