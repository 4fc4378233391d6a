import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyChanges } from '../../src/manager/configuration/apply-changes.ts';
import type { BudgetValue, ConfigurationChanges } from '../../src/manager/configuration/apply-changes.ts';
import { configurationCodec } from '../../src/manager/configuration/configuration-codec.ts';
import { defaultConfiguration } from '../../src/manager/configuration/configuration.ts';
import { describeChanges } from '../../src/manager/configuration/describe-changes.ts';
import {
  budgetOptions,
  budgetRange,
  numericOptions,
  priceRange,
} from '../../src/manager/configuration/options.ts';
import type { NumericOptionName } from '../../src/manager/configuration/options.ts';
import { InvalidInputError } from '../../src/manager/endpoint/invalid-input-error.ts';
import { thrownBy } from '../support/thrown-by.ts';

const numericNames = Object.keys(numericOptions) as NumericOptionName[];

function changes(some: Partial<ConfigurationChanges>): ConfigurationChanges {
  const names = ['admission', ...budgetOptions, ...numericNames];
  return {
    ...(Object.fromEntries(names.map((name) => [name, []])) as unknown as ConfigurationChanges),
    ...some,
  };
}

function optionalOf<T>(values: fc.Arbitrary<T>): fc.Arbitrary<[] | [T]> {
  return fc.option(values, { nil: undefined }).map((value) => (value === undefined ? [] : [value]));
}

const policies = fc.oneof(
  fc.constantFrom({ open: null }, { allowList: null }, { invitation: null }),
  fc.bigInt(priceRange.minimum, priceRange.maximum).map((priceCycles) => ({ paid: { priceCycles } })),
);
const budgets = fc.oneof(
  fc.constant<BudgetValue>({ unlimited: null }),
  fc.bigInt(budgetRange.minimum, budgetRange.maximum).map((cycles): BudgetValue => ({ cycles })),
);
const validChanges = fc.record({
  admission: optionalOf(policies),
  ...Object.fromEntries(budgetOptions.map((name) => [name, optionalOf(budgets)])),
  ...Object.fromEntries(
    numericNames.map((name) => [
      name,
      optionalOf(fc.bigInt(numericOptions[name].minimum, numericOptions[name].maximum)),
    ]),
  ),
}) as fc.Arbitrary<ConfigurationChanges>;

describe('changing the configuration', () => {
  test('any valid changes survive being stored, and what they do not name stays', () => {
    fc.assert(
      fc.property(validChanges, validChanges, (first, second) => {
        const before = applyChanges(defaultConfiguration, first);
        const after = applyChanges(before, second);
        expect(configurationCodec.decode(configurationCodec.encode(after))).toEqual(after);
        for (const name of [...numericNames, ...budgetOptions]) {
          if (second[name].length === 0) expect(after[name]).toEqual(before[name]);
        }
        if (second.admission.length === 0) expect(after.admission).toEqual(before.admission);
      }),
    );
  });

  test('a budget is set, and taken away again', () => {
    const set = applyChanges(defaultConfiguration, changes({ dailyBudgetCycles: [{ cycles: 7n }] }));
    expect(set.dailyBudgetCycles).toBe(7n);
    const unset = applyChanges(set, changes({ dailyBudgetCycles: [{ unlimited: null }] }));
    expect(unset).toEqual(defaultConfiguration);
  });

  test.each(numericNames)('%s outside its range names the range and the value', (name) => {
    const { minimum, maximum } = numericOptions[name];
    for (const value of [minimum - 1n, maximum + 1n]) {
      const error = thrownBy(InvalidInputError, () =>
        applyChanges(defaultConfiguration, changes({ [name]: [value] })),
      );
      expect(error.toCandid()).toEqual({
        field: name,
        rule: `must be ${minimum} to ${maximum}`,
        value: value.toString(),
      });
    }
  });

  test.each(budgetOptions)('%s must be an amount of cycles that there can be', (name) => {
    const tooMuch = changes({ [name]: [{ cycles: budgetRange.maximum + 1n }] });
    const error = thrownBy(InvalidInputError, () => applyChanges(defaultConfiguration, tooMuch));
    expect(error.field).toBe(name);
  });

  test('a price of nothing is refused: that is the policy open', () => {
    const free = changes({ admission: [{ paid: { priceCycles: 0n } }] });
    expect(thrownBy(InvalidInputError, () => applyChanges(defaultConfiguration, free)).field).toBe(
      'admission',
    );
  });

  test('is described in one line for the audit log', () => {
    const line = describeChanges(
      changes({
        admission: [{ paid: { priceCycles: 3n } }],
        totalBudgetCycles: [{ cycles: 5n }],
        callerBudgetCycles: [{ unlimited: null }],
        warmCanisters: [2],
      }),
    );
    expect(line).toBe(
      'admission = paid, 3 cycles, totalBudgetCycles = 5 cycles, callerBudgetCycles = unlimited, warmCanisters = 2',
    );
    expect(describeChanges(changes({}))).toBe('nothing');
  });
});

describe('the stored configuration', () => {
  test('of a schema from the future is refused instead of misread', () => {
    expect(() => configurationCodec.decode(new Uint8Array([9, 0]))).toThrow('unknown schema version 9');
    expect(() => configurationCodec.decode(new Uint8Array([1, 1, 99, 0]))).toThrow('unknown option 99');
  });

  test('of a version that knew fewer options has the defaults of the others', () => {
    expect(configurationCodec.decode(new Uint8Array([1, 0]))).toEqual(defaultConfiguration);
  });
});
