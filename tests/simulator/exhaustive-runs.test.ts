import { expect, test } from 'vitest';
import { bundleManager } from './pure/bundle-manager.ts';
import { sweepOneFault, sweepTwoFaults } from './pure/exhaustive-runs.ts';

const program = await bundleManager();

test('one job meets every fault at every position', () => {
  const { runs, failure } = sweepOneFault(program, 1);
  expect(failure).toBeUndefined();
  expect(runs).toBeGreaterThan(80);
});

test('two jobs of one caller meet every fault at every position', () => {
  const { runs, failure } = sweepOneFault(program, 2);
  expect(failure).toBeUndefined();
  expect(runs).toBeGreaterThan(160);
});

test('one job meets every second fault after each fortieth first one: `npm run simulate -- --tier t0` does them all', () => {
  const { runs, failure } = sweepTwoFaults(program, { part: 3, of: 40 });
  expect(failure).toBeUndefined();
  expect(runs).toBeGreaterThan(300);
});
