import { expect, test } from 'vitest';
import { blamesTemplate } from '../../../src/manager/provisioning/template-rejected.ts';

/* What becomes of its jobs is tested in tests/pocket-ic/manager/provisioning/template-rejected.test.ts. */

test.each([
  [5, 'IC0505: Error from Canister x: Canister’s Wasm module is not valid', true],
  [5, 'IC0503: Error from Canister x: Canister called `ic0.trap` with message: y', true],
  [5, 'IC0522: Error from Canister x: Canister exceeded the limit', true],
  [5, 'IC0514: Canister x cannot be installed because the canister is not empty.', false],
  [5, 'IC0512: Only the controllers of the canister x can control it.', false],
  [2, 'IC0209: Canister x is rate limited', false],
  [4, 'IC0402: Insufficient memory allocation', false],
])('reject code %i "%s" blames the template: %s', (code, message, expected) => {
  expect(blamesTemplate({ kind: 'reject', code, message, cyclesRefunded: 0n })).toBe(expected);
});
