import { expect, test } from 'vitest';
import { collectRanges } from '../../../src/localnet/gateway/collect-ranges.ts';
import type { GatewayResponse } from '../../../src/localnet/gateway/http-message.ts';

const total = 100;
const part = (begin: number): GatewayResponse => ({
  status: 206,
  headers: [['content-range', `bytes ${begin}-${begin}/${total}`]],
  body: Uint8Array.of(begin),
});

test('others get their turn while a long body is put together', async () => {
  let asked = 0;
  let askedAtFirstTurn: number | undefined;
  setImmediate(() => {
    askedAtFirstTurn = asked;
  });
  const whole = await collectRanges(part(0), (range) => {
    asked += 1;
    return Promise.resolve(part(Number(/\d+/.exec(range)?.[0])));
  });
  expect(whole.body).toEqual(Uint8Array.from({ length: total }, (_, index) => index));
  expect(askedAtFirstTurn).toBeLessThan(2);
});
