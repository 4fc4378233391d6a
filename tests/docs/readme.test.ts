import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const pages = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'docs/configuration.md',
  'docs/limits.md',
  'docs/errors.md',
  'docs/verification.md',
  'docs/guarantees.md',
  'docs/simulation.md',
  'docs/durable-calls.md',
  'docs/operations.md',
  'docs/localnet.md',
  'docs/pocket-ic.md',
];
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };

test.each(pages)('%s links only to files that exist', (page) => {
  const text = readFileSync(page, 'utf8');
  const folder = page.includes('/') ? 'docs/' : '';
  const targets = [...text.matchAll(/\]\((?!https?:)([^)# ]+)/g)].map(([, target = '']) => folder + target);
  expect(targets.filter((target) => !existsSync(target))).toEqual([]);
});

test.each(pages)('%s names only npm scripts that exist', (page) => {
  const text = readFileSync(page, 'utf8');
  const named = [...text.matchAll(/\bnpm run (?:--silent )?([a-z]+)|\bnpm (start|test)\b/g)].map(
    ([, script, shortcut = '']) => script ?? shortcut,
  );
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});
