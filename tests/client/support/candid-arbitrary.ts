import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';
import fc from 'fast-check';

/** Values of a Candid type, any that it has. Recursive types and references are not needed here. */
function candidArbitrary(type: IDL.Type): fc.Arbitrary<unknown> {
  return type.accept(new ArbitraryVisitor(), undefined);
}

/** Argument or result lists. */
export function candidListArbitrary(types: readonly IDL.Type[]): fc.Arbitrary<unknown[]> {
  return fc.tuple(...types.map(candidArbitrary));
}

class ArbitraryVisitor extends IDL.Visitor<undefined, fc.Arbitrary<unknown>> {
  override visitType<T>(type: IDL.Type<T>): fc.Arbitrary<unknown> {
    throw new Error(`No values of ${type.name} are made here yet.`);
  }

  override visitNull(): fc.Arbitrary<unknown> {
    return fc.constant(null);
  }

  override visitBool(): fc.Arbitrary<unknown> {
    return fc.boolean();
  }

  override visitText(): fc.Arbitrary<unknown> {
    return fc.string({ unit: 'binary' });
  }

  override visitNat(): fc.Arbitrary<unknown> {
    return fc.bigInt({ min: 0n, max: 2n ** 128n });
  }

  override visitFixedNat({ _bits: bits }: IDL.FixedNatClass): fc.Arbitrary<unknown> {
    return bits > 32 ? fc.bigInt({ min: 0n, max: 2n ** BigInt(bits) - 1n }) : fc.nat(2 ** bits - 1);
  }

  override visitPrincipal(): fc.Arbitrary<unknown> {
    return fc.uint8Array({ maxLength: 29 }).map((bytes) => Principal.fromUint8Array(bytes));
  }

  override visitOpt<T>(_type: IDL.OptClass<T>, value: IDL.Type<T>): fc.Arbitrary<unknown> {
    return fc.array(candidArbitrary(value), { maxLength: 1 });
  }

  override visitVec<T>(_type: IDL.VecClass<T>, element: IDL.Type<T>): fc.Arbitrary<unknown> {
    if (element instanceof IDL.FixedNatClass && element._bits === 8) return fc.uint8Array();
    return fc.array(candidArbitrary(element), { maxLength: 3 });
  }

  override visitRecord(_type: IDL.RecordClass, fields: [string, IDL.Type][]): fc.Arbitrary<unknown> {
    return recordOf(fields);
  }

  override visitVariant(_type: IDL.VariantClass, cases: [string, IDL.Type][]): fc.Arbitrary<unknown> {
    return fc.oneof(...cases.map((one) => recordOf([one])));
  }
}

function recordOf(fields: [string, IDL.Type][]): fc.Arbitrary<unknown> {
  const values = Object.fromEntries(fields.map(([name, type]) => [name, candidArbitrary(type)]));
  // The Candid library asks values for their own properties by a method of the prototype.
  return fc.record(values, { noNullPrototype: true });
}
