import { IDL } from '@dfinity/candid';

/** One level of a Candid type: what it is, and the types it is made of. */
export interface CandidShape {
  /** Equal exactly when two types are built alike at this level. */
  readonly kind: string;
  /** What `parts` are called in a sentence. */
  readonly partName: string;
  readonly parts: ReadonlyMap<string, IDL.Type>;
  /** Of a function reference. */
  readonly function?: IDL.FuncClass;
}

export function shapeOf(type: IDL.Type): CandidShape {
  return type.accept(new ShapeVisitor(), undefined);
}

class ShapeVisitor extends IDL.Visitor<undefined, CandidShape> {
  override visitPrimitive<T>(type: IDL.PrimitiveType<T>): CandidShape {
    return { kind: type.name, partName: '', parts: new Map() };
  }

  override visitVec<T>(_type: IDL.VecClass<T>, element: IDL.Type<T>): CandidShape {
    return { kind: 'vec', partName: 'element', parts: new Map([['element', element]]) };
  }

  override visitOpt<T>(_type: IDL.OptClass<T>, value: IDL.Type<T>): CandidShape {
    return { kind: 'opt', partName: 'value', parts: new Map([['value', value]]) };
  }

  // Tuples are records whose fields are called _0_, _1_ …; they come here too.
  override visitRecord(_type: IDL.RecordClass, fields: [string, IDL.Type][]): CandidShape {
    return { kind: 'record', partName: 'field', parts: new Map(fields) };
  }

  override visitTuple<T extends unknown[]>(type: IDL.TupleClass<T>): CandidShape {
    return this.visitRecord(type, type._fields);
  }

  override visitVariant(_type: IDL.VariantClass, fields: [string, IDL.Type][]): CandidShape {
    return { kind: 'variant', partName: 'case', parts: new Map(fields) };
  }

  override visitRec<T>(_type: IDL.RecClass<T>, definition: IDL.ConstructType<T>): CandidShape {
    return shapeOf(definition);
  }

  override visitFunc(type: IDL.FuncClass): CandidShape {
    return { kind: 'func', partName: '', parts: new Map(), function: type };
  }

  override visitService(type: IDL.ServiceClass): CandidShape {
    return { kind: 'service', partName: 'method', parts: new Map(type._fields) };
  }
}
