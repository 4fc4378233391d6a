import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parkReasons } from '../../src/saga/record.ts';

const page = readFileSync('docs/errors.md', 'utf8');

/** Every text of the kind `code: 'something'`, or the second argument of a classification, in the Manager's and engine's sources. */
function codesInSources(): Set<string> {
  const files = ['src/manager', 'src/saga'].flatMap((room) =>
    readdirSync(room, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(`${room}/${file}`, 'utf8')),
  );
  const patterns = [/code: '(\w+)'/g, /notApplied\('\w+', '(\w+)'/g, /doneBefore\('(\w+)'/g];
  return new Set(
    files.flatMap((text) =>
      patterns.flatMap((pattern) => [...text.matchAll(pattern)].flatMap(([, ...codes]) => codes)),
    ),
  );
}

test('docs/errors.md explains every code a step error can have', () => {
  const codes = codesInSources();
  expect(codes.size).toBeGreaterThan(10);
  expect([...codes].filter((code) => !page.includes(`| \`${code}\``))).toEqual([]);
});

test('docs/errors.md explains every reason for parking', () => {
  expect(parkReasons.filter((reason) => !page.includes(`| \`${reason}\``))).toEqual([]);
});
