import { readdirSync, readFileSync } from 'node:fs';
import { IDL } from '@dfinity/candid';
import { expect, test } from 'vitest';
import { idlFactory } from '../../src/client/generated/manager.ts';
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

/** The tags of every error variant an endpoint can answer with. */
function errorTags(): Set<string> {
  const service = idlFactory({ IDL });
  const tags = new Set<string>();
  for (const [, { retTypes }] of service._fields) {
    for (const [tag, type] of fieldsOf(retTypes[0])) {
      if (tag === 'Err') for (const [error] of fieldsOf(type)) tags.add(error);
    }
  }
  return tags;
}

function fieldsOf(type: IDL.Type | undefined): [string, IDL.Type][] {
  return type instanceof IDL.VariantClass ? type._fields : [];
}

test('docs/errors.md explains every error an endpoint can answer with', () => {
  const tags = errorTags();
  expect(tags.size).toBeGreaterThan(5);
  expect([...tags].filter((tag) => !page.includes(`| \`${tag}\``))).toEqual([]);
});

/** Codes of the network's own: members of a type of codes, `code` of a class of errors, variants of the PocketIC protocol. */
function networkCodes(): Set<string> {
  const texts = readdirSync('src/localnet', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(`src/localnet/${file}`, 'utf8'));
  const declarations = [
    /type \w+ErrorCode =([^;]+);/g,
    /readonly code(?: =|:)((?: \|? ?'\w+')+)/g,
    /new ProtocolError\(\s*('\w+')/g,
  ];
  const found = texts.flatMap((text) =>
    declarations.flatMap((declaration) =>
      [...text.matchAll(declaration)].flatMap(([, codes = '']) =>
        [...codes.matchAll(/'(\w+)'/g)].flatMap(([, code = '']) => code),
      ),
    ),
  );
  // Those are the IC's.
  return new Set(found.filter((code) => !/^IC\d{4}$/.test(code)));
}

test("docs/errors.md, or the gateway's table in docs/localnet.md, explains every code of the embedded network", () => {
  const pages = page + readFileSync('docs/localnet.md', 'utf8');
  const codes = networkCodes();
  for (const code of [
    'INVALID_PATH',
    'CLIENT_GONE',
    'STATE_DIR_IN_USE',
    'MISSING_FLAG',
    'Forbidden',
    'NETWORK_DEFECT',
  ]) {
    expect(codes).toContain(code);
  }
  expect([...codes].filter((code) => !pages.includes(`| \`${code}\``))).toEqual([]);
});

test('docs/errors.md explains no code of the embedded network that is gone', () => {
  const codes = networkCodes();
  const section = page.split('## The embedded network')[1] ?? '';
  const explained = [...section.matchAll(/^\| `(\w+)`/gm)].map(([, code = '']) => code);
  expect(explained.length).toBeGreaterThan(40);
  expect(explained.filter((code) => !codes.has(code))).toEqual([]);
});
