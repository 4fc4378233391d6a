import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { maximumGreetingBytes, maximumNameCharacters } from '../../src/greeter/greeting.ts';
import * as cycles from '../../src/manager/cycles.ts';
import * as limits from '../../src/manager/limits.ts';

const page = readFileSync('docs/limits.md', 'utf8');
const documented = new Map(
  [...page.matchAll(/\|\s*([\d,]+)\s*\|\s*`(\w+)`\s*\|/g)].map(([, value = '', name = '']) => [
    name,
    BigInt(value.replaceAll(',', '')),
  ]),
);

test('docs/limits.md lists every limit with its present value, and none that is gone', () => {
  const present = Object.entries({ ...limits, ...cycles, maximumNameCharacters }).map(
    ([name, value]): [string, bigint] => [name, BigInt(value)],
  );
  expect(new Map([...documented].sort())).toEqual(new Map(present.sort()));
});

test('the Manager accepts exactly the greetings that the Greeter does', () => {
  expect(limits.maximumGreetingBytes).toBe(maximumGreetingBytes);
});
