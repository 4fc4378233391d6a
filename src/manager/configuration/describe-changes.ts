import type { ConfigurationChanges, PolicyValue } from './apply-changes.ts';
import { budgetOptions, numericOptions } from './options.ts';

/** What a request changes, in one line for the audit log: `creationCycles = 4000000000000, admission = open`. */
export function describeChanges(changes: ConfigurationChanges): string {
  const names = [
    'admission',
    ...budgetOptions,
    ...Object.keys(numericOptions),
  ] as (keyof ConfigurationChanges)[];
  const parts = names.flatMap((name) =>
    (changes[name] as readonly unknown[]).map((value) => `${name} = ${describeValue(value)}`),
  );
  return parts.length === 0 ? 'nothing' : parts.join(', ');
}

function describeValue(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const { paid } = value as PolicyValue;
  if (paid) return `paid, ${paid.priceCycles} cycles`;
  const { cycles } = value as { readonly cycles?: bigint };
  return cycles === undefined ? (Object.keys(value)[0] ?? '') : `${cycles} cycles`;
}
