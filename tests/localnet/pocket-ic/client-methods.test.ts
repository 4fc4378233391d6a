import { readFileSync } from 'node:fs';
import { PocketIc } from '@dfinity/pic';
import { describe, expect, test } from 'vitest';

const page = readFileSync('docs/pocket-ic.md', 'utf8');
const rows = [...page.matchAll(/^\| `(\w+)` +\| \[[^\]]+\]\(\.\.\/(\S+) '([^']+)'\)/gm)].map(
  ([, method = '', file = '', title = '']) => ({ method, file, title }),
);

/** What the client does behind another method. */
const behind = { installCodeChunked: 'installCode' } as Readonly<Record<string, string>>;

describe('docs/pocket-ic.md', () => {
  test('names every method of the client', () => {
    const methods = Object.getOwnPropertyNames(PocketIc.prototype).filter((name) => name !== 'constructor');
    expect(rows.map(({ method }) => method).sort()).toEqual([...methods, 'create'].sort());
  });

  test.each(rows)('links $method to a test that calls it', ({ method, file, title }) => {
    const source = readFileSync(file, 'utf8');
    const begin = source.indexOf(`test('${title}'`);
    expect(begin).toBeGreaterThan(0);
    const end = source.indexOf('\n  test', begin + 1);
    const body = source.slice(begin, end === -1 ? undefined : end);
    const helpers = readFileSync('tests/localnet/pocket-ic/pic-network.ts', 'utf8');
    expect(`${body}\n${helpers}`).toMatch(new RegExp(`\\.${behind[method] ?? method}(<\\w+>)?\\(`));
  });
});
