import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const page = readFileSync('docs/localnet.md', 'utf8');

function blocks(language: string): string[] {
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))].map(
    ([, text = '']) => text,
  );
}

/** The rows of a table under a heading, each as its cells. */
function rows(heading: string): string[][] {
  const section = page.split(/^#+ /m).find((text) => text.startsWith(`${heading}\n`)) ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| ---'))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('\\|', '|')),
    );
}

/** Names in backticks that begin a row. */
function namesIn(heading: string): string[] {
  return rows(heading).flatMap(([first = '']) => /^`(\w+)`$/.exec(first)?.[1] ?? []);
}

function membersOf(file: string, declaration: RegExp, member: RegExp): string[] {
  const text = declaration.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
  return [...text.matchAll(member)].map(([, name = '']) => name);
}

test('the example of docs/localnet.md prints what the page says', () => {
  const directory = '.canisters';
  mkdirSync(directory, { recursive: true });
  const program = `${directory}/docs-localnet.ts`;
  writeFileSync(program, blocks('ts').join('\n').replaceAll("'./src/", "'../src/"));
  try {
    const { stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', program], {
      encoding: 'utf8',
    });
    expect(stdout, stderr).toBe(blocks('text')[0]);
  } finally {
    rmSync(program);
  }
});

test('docs/localnet.md tells every option and every fault, and none that is gone', () => {
  const options = membersOf(
    'src/localnet/network-options.ts',
    /interface LocalNetworkOptions \{(.*?)\n\}/s,
    /readonly (\w+)\?:/g,
  );
  expect(options.length).toBeGreaterThan(5);
  expect(namesIn('Options').toSorted()).toEqual(options.toSorted());
  const faults = membersOf(
    'src/localnet/faults/fault-rules.ts',
    /type FaultAction =(.*?);\n\n/s,
    /kind: '(\w+)'/g,
  );
  expect(faults.length).toBeGreaterThan(5);
  expect(namesIn('Faults').toSorted()).toEqual(faults.toSorted());
});

test('every test that the conformance table names exists', () => {
  const table = rows('Conformance').filter(([, , cell = '']) => cell.startsWith('`'));
  expect(table.length).toBeGreaterThan(250);
  const missing = table.filter(([, name = '', cell = '']) => {
    const [, file = '', title = name] = /^`([^`]+)`(?:: (.*))?$/.exec(cell) ?? [];
    const path = `tests/${file}`;
    return !existsSync(path) || !readFileSync(path, 'utf8').includes(title);
  });
  expect(missing).toEqual([]);
});

test('every case that is not covered is listed with a reason', () => {
  const uncovered = rows('Conformance').filter(
    ([group = '', , cell = '']) => group !== 'group' && !cell.startsWith('`'),
  );
  expect(uncovered.length).toBeGreaterThan(0);
  expect(uncovered.filter(([, , reason = '']) => reason.length < 5)).toEqual([]);
});

test('docs/localnet.md links only to headings and files that exist', () => {
  const anchors = [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^a-z0-9 -]/g, '')
      .replaceAll(' ', '-'),
  );
  const targets = [...page.matchAll(/\]\((?!https?:)([^)]+)\)/g)].map(([, target = '']) => target);
  const wrong = targets.filter((target) =>
    target.startsWith('#')
      ? !anchors.includes(target.slice(1))
      : !existsSync(`docs/${target.replace(/#.*/, '')}`),
  );
  expect(wrong).toEqual([]);
});
