import { IDL } from '@dfinity/candid';

/**
 * Encodes argument lists of fixed types. `IDL.encode` works out the message's type table anew each time, which for a
 * job's status costs several times as much as the values; here it is worked out once in each life of the Manager.
 *
 * @param types Candid types of the list
 * @returns encodes one list of values; throws on values that are not of the types
 */
export function candidEncoder(types: readonly IDL.Type[]): (values: readonly unknown[]) => Uint8Array {
  let header: Uint8Array | undefined;
  return (values) => {
    const encodedValues = encodeValues(types, values);
    if (!header) {
      // The first message is made the long way: what precedes its values is the same in every later one.
      const message = IDL.encode([...types], [...values]);
      header = message.slice(0, message.length - encodedValues.length);
    }
    return concatenate([header, encodedValues]);
  };
}

function encodeValues(types: readonly IDL.Type[], values: readonly unknown[]): Uint8Array {
  if (values.length !== types.length) throw new Error(`${values.length} values for ${types.length} types`);
  return concatenate(
    types.map((type, index) => {
      const value: unknown = values[index];
      // Throws on a value of another type; without it, a missing text would be encoded as an empty one.
      type.covariant(value);
      return type.encodeValue(value);
    }),
  );
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
