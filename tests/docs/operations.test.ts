import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parkedReasons } from '../../src/manager/views/parked-reason.ts';

const page = readFileSync('docs/operations.md', 'utf8') + readFileSync('docs/configuration.md', 'utf8');
const service = readFileSync('src/manager/manager.did', 'utf8').split('\nservice : {')[1] ?? '';
const methods = [...service.matchAll(/^ {2}(\w+) :/gm)].map(([, method = '']) => method);

test('docs/operations.md calls only methods that the Manager has', () => {
  const called = [...page.matchAll(/dfx canister call manager (\w+)/g)].map(([, method = '']) => method);
  expect(called.length).toBeGreaterThan(8);
  expect(called.filter((method) => !methods.includes(method))).toEqual([]);
});

test('docs/operations.md or docs/configuration.md speaks of every method for operators', () => {
  const forOperators = methods.slice(methods.indexOf('cancelJob'));
  expect(forOperators.length).toBeGreaterThan(20);
  expect(
    forOperators.filter((method) => !page.includes(`\`${method}`) && !page.includes(`manager ${method}`)),
  ).toEqual([]);
});

test('docs/operations.md says what helps a job that is parked, whatever the reason', () => {
  expect(parkedReasons.filter((reason) => !page.includes(`\`${reason}\``))).toEqual([]);
});
