import { InvalidInputError } from '../endpoint/invalid-input-error.ts';
import type { Optional } from '../views/optional.ts';
import type { AdmissionPolicy, AdmissionPolicyName, Configuration } from './configuration.ts';
import { budgetOptions, budgetRange, numericOptions, priceRange } from './options.ts';
import type { BudgetOptionName, NumericOptionName } from './options.ts';

/** Candid's `Budget`: an amount of cycles, or none. */
export type BudgetValue = { readonly unlimited: null } | { readonly cycles: bigint };

/** Candid's `AdmissionPolicy`. */
export type PolicyValue = Readonly<Partial<Record<Exclude<AdmissionPolicyName, 'paid'>, null>>> & {
  readonly paid?: { readonly priceCycles: bigint };
};

/** What is to change; what is absent stays. The fields of Candid's `SetConfigRequest` that are options. */
export type ConfigurationChanges = Readonly<Record<NumericOptionName, Optional<number | bigint>>> &
  Readonly<Record<BudgetOptionName, Optional<BudgetValue>>> & { readonly admission: Optional<PolicyValue> };

/**
 * The configuration with the changes made. Pure, so nothing is changed unless everything is valid.
 *
 * @throws InvalidInputError naming the option, its range and the value
 */
export function applyChanges(configuration: Configuration, changes: ConfigurationChanges): Configuration {
  const numbers = (Object.keys(numericOptions) as NumericOptionName[]).flatMap((name) =>
    changes[name].map((value) => {
      const amount = inRange(name, BigInt(value), numericOptions[name]);
      return [name, typeof configuration[name] === 'bigint' ? amount : Number(amount)] as const;
    }),
  );
  const budgets = budgetOptions.flatMap((name) =>
    changes[name].map((value) => [name, budgetOf(name, value)] as const),
  );
  const policies = changes.admission.map((value) => ['admission', policyOf(value)] as const);
  const changed: Record<string, unknown> = {
    ...configuration,
    ...Object.fromEntries<unknown>([...numbers, ...budgets, ...policies]),
  };
  const present = Object.entries(changed).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present) as unknown as Configuration;
}

function budgetOf(name: BudgetOptionName, value: BudgetValue): bigint | undefined {
  return 'cycles' in value ? inRange(name, value.cycles, budgetRange) : undefined;
}

function policyOf(value: PolicyValue): AdmissionPolicy {
  if (value.paid) {
    return { name: 'paid', priceCycles: inRange('admission', value.paid.priceCycles, priceRange) };
  }
  return { name: Object.keys(value)[0] as Exclude<AdmissionPolicyName, 'paid'> };
}

function inRange(
  field: string,
  value: bigint,
  { minimum, maximum }: { readonly minimum: bigint; readonly maximum: bigint },
): bigint {
  if (value >= minimum && value <= maximum) return value;
  throw new InvalidInputError(field, `must be ${minimum} to ${maximum}`, value.toString());
}
