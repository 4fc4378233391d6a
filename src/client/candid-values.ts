/** Candid's `opt` as the generated types have it: no element or one. */
export type Optional<T> = [] | [T];

/** @returns the value, or `undefined` when there is none */
export function fromOptional<T>(optional: Optional<T>): T | undefined {
  return optional[0];
}

/** The names of a variant type: `VariantName<StepName>` is `'create' | 'install' | …`. */
export type VariantName<Variant> = Variant extends unknown ? Extract<keyof Variant, string> : never;

/** @returns which case of a variant a value is: `'completed'` for `{ completed: null }` */
export function variantName<Variant extends object>(value: Variant): VariantName<Variant> {
  const [name] = Object.keys(value);
  if (name === undefined) throw new TypeError('A Candid variant has one case; this value has none.');
  return name as VariantName<Variant>;
}
