import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const page = readFileSync('docs/guarantees.md', 'utf8');
const promises = page.split('## What is not promised')[0] ?? '';
const links = [...page.matchAll(/\]\(\.\.\/([^ )]+\.test\.ts) ["']([^"']*)["']\)/g)].map(
  ([, file = '', title = '']) => [file, title] as const,
);

test('docs/guarantees.md proves what it promises: each promise links to at least one test', () => {
  const items = promises.split(/\n- /).slice(1);
  expect(items.length).toBeGreaterThan(10);
  expect(items.filter((item) => !/\n +Tests: .*\.test\.ts ["']/.test(item))).toEqual([]);
});

test.each(links)('docs/guarantees.md links to a test there is: %s %j', (file, title) => {
  expect(existsSync(file)).toBe(true);
  expect(readFileSync(file, 'utf8')).toContain(title);
});
