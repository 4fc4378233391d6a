import { Principal } from '@dfinity/principal';
import type { JsonValue } from './bare-json.ts';
import { badRequest } from './protocol-error.ts';

const maximumPrincipalBytes = 29;
const latestTimeNanos = 2n ** 64n - 1n;

/** The fields of a JSON object in a request. Every method throws ProtocolError when the field is not what it must be. */
export class RequestBody {
  readonly #fields: Readonly<Record<string, JsonValue | undefined>>;

  /** @param value what was parsed; null stands for an object without fields */
  constructor(value: JsonValue) {
    this.#fields = fieldsOf(value, 'The body');
  }

  /** @returns undefined when the field is absent or null */
  optional(name: string): JsonValue | undefined {
    return Object.hasOwn(this.#fields, name) ? (this.#fields[name] ?? undefined) : undefined;
  }

  has(name: string): boolean {
    return this.optional(name) !== undefined;
  }

  required(name: string): JsonValue {
    const value = this.optional(name);
    if (value === undefined) throw badRequest(`The field "${name}" is missing.`);
    return value;
  }

  object(name: string): RequestBody {
    return new RequestBody(this.required(name));
  }

  /** @returns an empty object when the field is absent */
  optionalObject(name: string): RequestBody {
    return new RequestBody(this.optional(name) ?? {});
  }

  /** @returns an empty list when the field is absent */
  list(name: string): readonly JsonValue[] {
    const value = this.optional(name) ?? [];
    if (!Array.isArray(value)) throw badRequest(`The field "${name}" must be an array.`);
    return value as readonly JsonValue[];
  }

  text(name: string): string {
    const value = this.required(name);
    if (typeof value !== 'string') throw badRequest(`The field "${name}" must be a string.`);
    return value;
  }

  /** A whole number of at least 0. */
  natural(name: string): bigint {
    const value = this.required(name);
    const isInteger = typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value));
    if (!isInteger || value < 0) throw badRequest(`The field "${name}" must be an integer of at least 0.`);
    return BigInt(value);
  }

  /** A time in nanoseconds since 1970, of which canisters see 64 bits. */
  time(name: string): bigint {
    const timeNanos = this.natural(name);
    if (timeNanos > latestTimeNanos) throw badRequest(`The field "${name}" must fit into 64 bits.`);
    return timeNanos;
  }

  /** Bytes in base64. */
  bytes(name: string): Uint8Array {
    return bytesOf(this.text(name), name);
  }

  /** A principal's bytes in base64. */
  principal(name: string): Principal {
    return principalOf(this.text(name), name);
  }

  /** Names of the fields that are there, for enums written as an object with one field. */
  names(): readonly string[] {
    return Object.keys(this.#fields).filter((name) => this.has(name));
  }
}

/** Standard base64 with padding. */
export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

function bytesOf(text: string, name: string): Uint8Array {
  const bytes = new Uint8Array(Buffer.from(text, 'base64'));
  // The decoder skips whatever is not base64; what it skipped is missing when it is written again.
  if (toBase64(bytes) !== text) throw badRequest(`The field "${name}" is not padded base64.`);
  return bytes;
}

function principalOf(text: string, name: string): Principal {
  const bytes = bytesOf(text, name);
  if (bytes.length > maximumPrincipalBytes) {
    throw badRequest(
      `The field "${name}" is no principal: it has ${bytes.length} bytes, more than ${maximumPrincipalBytes}.`,
    );
  }
  return Principal.fromUint8Array(bytes);
}

function fieldsOf(value: JsonValue, what: string): Readonly<Record<string, JsonValue | undefined>> {
  if (value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) throw badRequest(`${what} must be a JSON object.`);
  return value as Readonly<Record<string, JsonValue | undefined>>;
}
