import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { admissionPolicies, defaultConfiguration } from '../../src/manager/configuration/configuration.ts';
import { budgetOptions, budgetRange, numericOptions } from '../../src/manager/configuration/options.ts';

const page = readFileSync('docs/configuration.md', 'utf8');
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split('|').map((cell) => cell.trim().replaceAll(/[`,]/g, '')));

/** Option, unit, default, minimum and maximum as the page tells them. */
const documented = rows.filter((cells) => cells.length > 6).map((cells) => cells.slice(1, 6));

test('docs/configuration.md tells every option with its unit, default and range, and none that is gone', () => {
  const numeric = Object.entries(numericOptions).map(([name, { unit, default: value, minimum, maximum }]) =>
    [name, unit, value, minimum, maximum].map(String),
  );
  const budgets = budgetOptions.map((name) =>
    [name, 'cycles', 'unlimited', budgetRange.minimum, budgetRange.maximum].map(String),
  );
  const admission = ['admission', 'policy', defaultConfiguration.admission.name, '', ''];
  expect(documented.toSorted()).toEqual([...numeric, ...budgets, admission].toSorted());
});

test('docs/configuration.md tells every policy of admission', () => {
  const policies = rows.filter((cells) => cells.length <= 6).map(([, policy]) => policy);
  expect(policies).toEqual([...admissionPolicies]);
});
