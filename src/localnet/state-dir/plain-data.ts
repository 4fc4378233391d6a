import { deserialize, serialize } from 'node:v8';
import { Principal } from '@dfinity/principal';
import { prepareModule } from '../wasm/index.ts';

/*
 * The network's state is plain data but for two kinds of objects: principals, and modules prepared for execution,
 * which are made again from the bytes that were uploaded. What two canisters share (memory pages, modules) is
 * written once and is shared again when it is read.
 */

interface StoredPrincipal {
  readonly $principal: string;
}

/** Stands for the prepared module beside the bytes it was made of. */
const preparedFromUpload = '$preparedFromUpload';

/** Bytes from which {@link readPlainData} makes an equal value. @throws TypeError for anything that is not plain data */
export function writePlainData(value: unknown): Buffer {
  return serialize(new Dehydrator().convert(value));
}

/** @param bytes what {@link writePlainData} returned, unharmed: check a checksum before */
export function readPlainData(bytes: Uint8Array): unknown {
  return new Hydrator().convert(deserialize(bytes));
}

abstract class Converter {
  /** What every object became, so that shared ones stay shared. */
  readonly #converted = new Map<object, unknown>();

  convert(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return this.primitive(value);
    const known = this.#converted.get(value);
    if (known !== undefined) return known;
    const converted = this.#convertObject(value);
    this.#converted.set(value, converted);
    return converted;
  }

  #convertObject(value: object): unknown {
    if (Array.isArray(value)) return Array.from(value, (item: unknown) => this.convert(item));
    if (value instanceof Map) {
      return new Map([...value].map(([key, item]) => [this.convert(key), this.convert(item)]));
    }
    if (value instanceof Set) return new Set([...value].map((item) => this.convert(item)));
    return this.object(value);
  }

  protected fields(value: object, without?: string): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    for (const [name, field] of Object.entries(value)) {
      if (name !== without) result[name] = this.convert(field);
    }
    return result;
  }

  protected abstract primitive(value: unknown): unknown;
  protected abstract object(value: object): unknown;
}

class Dehydrator extends Converter {
  protected override primitive(value: unknown): unknown {
    if (typeof value === 'function' || typeof value === 'symbol') {
      throw new TypeError(`A ${typeof value} cannot be part of the stored state.`);
    }
    return value;
  }

  protected override object(value: object): unknown {
    if (value instanceof Principal) return { $principal: value.toHex() } satisfies StoredPrincipal;
    // As they are: a copy would not be shared any more.
    if (value instanceof Uint8Array) return value;
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) {
      throw new TypeError(`An object of class ${value.constructor.name} cannot be part of the stored state.`);
    }
    if (!isInstalled(value)) return this.fields(value);
    return { ...this.fields(value, 'module'), module: preparedFromUpload };
  }
}

class Hydrator extends Converter {
  protected override primitive(value: unknown): unknown {
    return value;
  }

  protected override object(value: object): unknown {
    // A copy: what was read is a window of the whole file, which would stay in memory with it.
    if (value instanceof Uint8Array) return new Uint8Array(value);
    if ('$principal' in value) return Principal.fromHex((value as StoredPrincipal).$principal);
    const fields = this.fields(value);
    if (fields.module !== preparedFromUpload) return fields;
    return { ...fields, module: prepareModule(fields.uploadedModule as Uint8Array) };
  }
}

/** Code that can run: the only objects that hold a prepared module. */
function isInstalled(value: object): boolean {
  return 'uploadedModule' in value && 'module' in value;
}
