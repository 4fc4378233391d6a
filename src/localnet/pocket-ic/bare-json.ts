import { badRequest } from './protocol-error.ts';

/*
 * JSON as the PocketIC protocol has it: times and cycles are bare integers beyond what a double holds, so `JSON.parse`
 * and `JSON.stringify` would spoil them.
 */

export type JsonValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined };

/** Integers of fewer digits are exact as numbers. */
const longInteger = /\d{16}/;
/** A string, skipped as a whole, or a number. */
const stringOrNumber = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs;
const longIntegerOnly = /^-?\d{16,}$/;

/**
 * Parses JSON. Integers of 16 digits or more become a `bigint`, all other numbers a `number`.
 *
 * @throws ProtocolError when the text is no JSON
 */
export function parseJson(text: string): JsonValue {
  if (!longInteger.test(text)) return parsePlain(text);
  let mark = '#';
  while (text.includes(mark)) mark += '#';
  const marked = text.replace(stringOrNumber, (token) =>
    longIntegerOnly.test(token) ? `"${mark}${token}"` : token,
  );
  return parsePlain(marked, (_key, value) =>
    typeof value === 'string' && value.startsWith(mark) ? BigInt(value.slice(mark.length)) : value,
  );
}

function parsePlain(text: string, reviver?: (key: string, value: unknown) => unknown): JsonValue {
  try {
    return JSON.parse(text, reviver) as JsonValue;
  } catch (error) {
    throw badRequest(`The body is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Writes JSON; a `bigint` becomes a bare integer, a field that is undefined is left out. */
export function writeJson(value: JsonValue): string {
  if (typeof value === 'bigint') return value.toString();
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isArray(value)) return `[${value.map(writeJson).join(',')}]`;
  const fields = Object.entries(value).flatMap(([key, field]) =>
    field === undefined ? [] : [`${JSON.stringify(key)}:${writeJson(field)}`],
  );
  return `{${fields.join(',')}}`;
}

/** `Array.isArray` does not know read-only arrays. */
function isArray(value: object): value is readonly JsonValue[] {
  return Array.isArray(value);
}
