import { concatBytes, sha256 } from './bytes.ts';
import { type CborMap, type CborValue, isCborMap } from './cbor.ts';
import { encodeLeb128 } from './leb128.ts';

/**
 * The representation-independent hash of a map; of a request's content it is the request id.
 *
 * Source: IC interface spec, 'Request ids' and 'Representation-independent hashing of structured data'.
 *
 * @param content a decoded map, or an object; fields that are undefined or null do not count
 * @returns 32 bytes
 * @throws RangeError for a value the spec has no hash for: negative or fractional numbers, booleans
 */
export function requestIdOf(content: CborMap | Readonly<Record<string, CborValue>>): Uint8Array {
  const pairs: Uint8Array[] = [];
  const entries: Iterable<readonly [CborValue, CborValue]> = isCborMap(content)
    ? content
    : Object.entries(content);
  for (const [key, value] of entries) {
    // Absent, as some encoders write it.
    if (value === undefined || value === null) continue;
    pairs.push(concatBytes(hashOf(key), hashOf(value)));
  }
  return sha256(...pairs.sort((a, b) => Buffer.compare(a, b)));
}

function hashOf(value: CborValue): Uint8Array {
  if (typeof value === 'string' || value instanceof Uint8Array) return sha256(value);
  if (typeof value === 'bigint' || Number.isInteger(value)) {
    return sha256(encodeLeb128(value as bigint | number));
  }
  if (Array.isArray(value)) return sha256(...value.map((element: CborValue) => hashOf(element)));
  if (typeof value === 'object' && value !== null) return requestIdOf(value as CborMap);
  throw new RangeError(
    `A value of type ${typeof value} has no representation-independent hash; use text, bytes, naturals, arrays and maps.`,
  );
}
