import { Principal } from '@dfinity/principal';
import { type CborMap, type CborValue, isCborMap } from './cbor.ts';
import { HttpApiError } from './http-api-error.ts';

/*
 * Typed reading of maps that came from outside. Every function throws an HttpApiError that names the field; a field
 * that is null counts as absent, as the replica's decoder has it.
 */

const maximumPrincipalBytes = 29;
const maximumNat64 = 2n ** 64n - 1n;

export function readMap(value: CborValue, name: string): CborMap {
  if (!isCborMap(value)) throw malformed(`${name} must be a map`);
  return value;
}

export function readArray(map: CborMap, field: string): readonly CborValue[] {
  const value = map.get(field);
  if (!Array.isArray(value)) throw malformed(`field ${field} must be an array`);
  return value as readonly CborValue[];
}

export function readBytes(map: CborMap, field: string): Uint8Array {
  const value = map.get(field);
  if (!(value instanceof Uint8Array)) throw malformed(`field ${field} must be a byte string`);
  return value;
}

export function readText(map: CborMap, field: string): string {
  const value = map.get(field);
  if (typeof value !== 'string') throw malformed(`field ${field} must be a text`);
  return value;
}

/** A natural number of 64 bits. */
export function readNat64(map: CborMap, field: string): bigint {
  const value = map.get(field);
  const isInteger = typeof value === 'bigint' || Number.isSafeInteger(value);
  const number = isInteger ? BigInt(value as bigint | number) : -1n;
  if (number < 0n || number > maximumNat64)
    throw malformed(`field ${field} must be a natural number of 64 bits`);
  return number;
}

export function readPrincipal(map: CborMap, field: string): Principal {
  return principalOf(map.get(field), `field ${field}`);
}

export function principalOf(value: CborValue, name: string): Principal {
  if (!(value instanceof Uint8Array) || value.length > maximumPrincipalBytes) {
    throw malformed(`${name} must be a principal: at most ${maximumPrincipalBytes} bytes`);
  }
  return Principal.fromUint8Array(value.slice());
}

/** Reads a field that may be absent. */
export function readOptional<T>(
  map: CborMap,
  field: string,
  read: (map: CborMap, field: string) => T,
): T | undefined {
  return map.get(field) === undefined || map.get(field) === null ? undefined : read(map, field);
}

export function malformed(detail: string): HttpApiError {
  return new HttpApiError('MALFORMED_REQUEST', `Could not parse body as CBOR request: ${detail}.`);
}
