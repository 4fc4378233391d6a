import { IDL } from '@dfinity/candid';
import { CandidWriter } from './candid-writer.ts';
import { valueEncoder } from './value-encoder.ts';
import type { ValueEncoder } from './value-encoder.ts';

/** One for all, because encoding is never interrupted by another encoding. */
const writer = new CandidWriter();

/**
 * Encodes argument lists of fixed types. `IDL.encode` works out the message's type table anew each time, which for a
 * job's status costs several times as much as the values; here it is worked out once in each life of the Manager.
 *
 * @param types Candid types of the list
 * @returns encodes one list of values; throws on values that are not of the types
 */
export function candidEncoder(types: readonly IDL.Type[]): (values: readonly unknown[]) => Uint8Array {
  let prepared: { readonly header: Uint8Array; readonly encoders: readonly ValueEncoder[] } | undefined;
  return (values) => {
    if (values.length !== types.length) throw new Error(`${values.length} values for ${types.length} types`);
    prepared ??= { header: headerOf(types, values), encoders: types.map(valueEncoder) };
    // What an encoding that threw has left behind.
    writer.reset();
    writer.raw(prepared.header);
    prepared.encoders.forEach((encode, index) => {
      encode(values[index], writer);
    });
    return writer.take();
  };
}

/** What precedes the values is the same in every message of these types, so one that is made the long way tells it. */
function headerOf(types: readonly IDL.Type[], values: readonly unknown[]): Uint8Array {
  const message = IDL.encode([...types], [...values]);
  const valueBytes = types.reduce(
    (length, type, index) => length + type.encodeValue(values[index]).length,
    0,
  );
  return message.slice(0, message.length - valueBytes);
}
