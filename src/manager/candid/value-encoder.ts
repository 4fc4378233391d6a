import { IDL } from '@dfinity/candid';
import type { CandidWriter } from './candid-writer.ts';

/** Writes one value of a type; throws on a value that is not of the type. */
export type ValueEncoder = (value: unknown, writer: CandidWriter) => void;

/**
 * Works out once how values of a type are written. The Candid library walks through the type again for every value,
 * twice, and joins a buffer for each part of it: for a job's status that costs five times as much.
 */
export function valueEncoder(type: IDL.Type): ValueEncoder {
  return type.accept(compiler, undefined);
}

class Compiler extends IDL.Visitor<undefined, ValueEncoder> {
  /** What the Manager's interface hardly uses is left to the library. */
  override visitType<T>(type: IDL.Type<T>): ValueEncoder {
    return (value, writer) => {
      type.covariant(value);
      writer.raw(type.encodeValue(value as T));
    };
  }

  override visitNull(type: IDL.NullClass): ValueEncoder {
    return (value) => {
      if (value !== null) throw wrongValue(type);
    };
  }

  override visitBool(type: IDL.BoolClass): ValueEncoder {
    return (value, writer) => {
      if (typeof value !== 'boolean') throw wrongValue(type);
      writer.byte(value ? 1 : 0);
    };
  }

  override visitText(type: IDL.TextClass): ValueEncoder {
    return (value, writer) => {
      if (typeof value !== 'string') throw wrongValue(type);
      writer.text(value);
    };
  }

  override visitNat(type: IDL.NatClass): ValueEncoder {
    return (value, writer) => {
      writer.bigNatural(wholeNumber(type, value));
    };
  }

  override visitFixedNat(type: IDL.FixedNatClass): ValueEncoder {
    switch (type._bits) {
      case 64:
        return (value, writer) => {
          const number = wholeNumber(type, value);
          if (number >> 64n > 0n) throw wrongValue(type);
          writer.word(number);
        };
      case 32:
        return (value, writer) => {
          const number = Number(value);
          // Not what merely reads as a number: a text, a date.
          const isNumber = typeof value === 'number' || typeof value === 'bigint';
          if (!isNumber || number >>> 0 !== number) throw wrongValue(type);
          writer.halfWord(number);
        };
      default:
        return this.visitType(type);
    }
  }

  override visitPrincipal(type: IDL.PrincipalClass): ValueEncoder {
    return (value, writer) => {
      type.covariant(value);
      // 1: an id that is shown, not an opaque reference.
      writer.byte(1);
      writer.blob((value as { toUint8Array(): Uint8Array }).toUint8Array());
    };
  }

  override visitOpt<T>(type: IDL.OptClass<T>, inner: IDL.Type<T>): ValueEncoder {
    const encode = valueEncoder(inner);
    return (value, writer) => {
      if (!Array.isArray(value) || value.length > 1) throw wrongValue(type);
      writer.byte(value.length);
      if (value.length === 1) encode(value[0], writer);
    };
  }

  override visitVec<T>(type: IDL.VecClass<T>, inner: IDL.Type<T>): ValueEncoder {
    const encode = valueEncoder(inner);
    const isBlob = inner instanceof IDL.FixedNatClass && inner._bits === 8;
    return (value, writer) => {
      if (isBlob && value instanceof Uint8Array) {
        writer.blob(value);
        return;
      }
      if (!Array.isArray(value)) throw wrongValue(type);
      writer.natural(value.length);
      for (let index = 0; index < value.length; index += 1) encode(value[index], writer);
    };
  }

  override visitRecord(type: IDL.RecordClass, members: [string, IDL.Type][]): ValueEncoder {
    const fields = members.map(([name, inner]) => ({ name, encode: valueEncoder(inner) }));
    return (value, writer) => {
      const record = requireObject(type, value);
      for (let index = 0; index < fields.length; index += 1) {
        const field = fields[index] as (typeof fields)[number];
        // A missing field is undefined, which no type takes: what stands for nothing is null, or an empty list.
        field.encode(record[field.name], writer);
      }
    };
  }

  override visitTuple<T extends unknown[]>(type: IDL.TupleClass<T>): ValueEncoder {
    return this.visitType(type);
  }

  override visitVariant(type: IDL.VariantClass, members: [string, IDL.Type][]): ValueEncoder {
    const cases = new Map(
      members.map(([name, inner], index) => [name, { index, encode: valueEncoder(inner) }]),
    );
    return (value, writer) => {
      const variant = requireObject(type, value);
      const names = Object.keys(variant);
      const name = names[0] ?? '';
      const chosen = cases.get(name);
      if (!chosen || names.length > 1) throw wrongValue(type);
      writer.natural(chosen.index);
      chosen.encode(variant[name], writer);
    };
  }
}

const compiler = new Compiler();

function requireObject(type: IDL.Type, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw wrongValue(type);
  return value as Readonly<Record<string, unknown>>;
}

/** As in the Candid library, a number is as good as a bigint where it is whole. */
function wholeNumber(type: IDL.Type, value: unknown): bigint {
  const isWhole = typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));
  if (!isWhole || value < 0) throw wrongValue(type);
  return BigInt(value);
}

function wrongValue(type: IDL.Type): Error {
  return new Error(`the value is not of the Candid type ${type.display()}`);
}
