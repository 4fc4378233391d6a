import { describe, expect, test } from 'vitest';
import * as signatures from '../../../src/localnet/management/signatures.ts';
import { thrownBy } from '../../support/thrown-by.ts';
import { TestNetwork } from '../support/test-network.ts';
import { CanisterRejected, manageFrom } from './support/canister-calls.ts';

const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

/** A module with nothing but custom sections, whose names may be any bytes. */
function moduleWith(
  sections: readonly (readonly [name: string | Uint8Array, content: string])[],
): Uint8Array {
  const parts = sections.flatMap(([name, content]) => {
    const nameBytes = Buffer.from(name);
    return [
      0,
      1 + nameBytes.length + content.length,
      nameBytes.length,
      ...nameBytes,
      ...Buffer.from(content),
    ];
  });
  return Uint8Array.from([...header, ...parts]);
}

function setup(sections: Parameters<typeof moduleWith>[0]) {
  const net = new TestNetwork();
  const [controller, stranger] = [net.canister(), net.canister()];
  const id = net.management.createCanister();
  net.management.installCode(id, { module: moduleWith(sections) });
  net.management.updateSettings(id, { controllers: [controller] });
  const read = (name: string, asker = stranger) => {
    const argument = { canister_id: id, name };
    const { value } = manageFrom(net, asker, 'canister_metadata', signatures.canisterMetadata, argument);
    return new TextDecoder().decode(value);
  };
  return { net, read, controller };
}

describe('metadata', () => {
  test('absent', () => {
    const { read, controller } = setup([['icp:public something', 'else']]);
    expect(thrownBy(CanisterRejected, () => read('nothing', controller)).rejectCode).toBe(4);
  });

  test('public', () => {
    expect(setup([['icp:public test', 'bar']]).read('test')).toBe('bar');
  });

  test('private', () => {
    const { read, controller } = setup([['icp:private test', 'bar']]);
    expect(read('test', controller)).toBe('bar');
    expect(thrownBy(CanisterRejected, () => read('test')).text).toContain(
      'no metadata section with the name test',
    );
  });

  const invalid: [string, Parameters<typeof moduleWith>[0]][] = [
    [
      'duplicate public',
      [
        ['icp:public test', 'a'],
        ['icp:public test', 'b'],
      ],
    ],
    [
      'duplicate private',
      [
        ['icp:private test', 'a'],
        ['icp:private test', 'b'],
      ],
    ],
    [
      'duplicate mixed',
      [
        ['icp:public test', 'a'],
        ['icp:private test', 'b'],
      ],
    ],
    ['invalid utf8 in module', [[new Uint8Array([...Buffer.from('icp:public '), 0xe2, 0x28]), 'a']]],
  ];
  test.each(invalid)('%s', (_case, sections) => {
    const net = new TestNetwork();
    const id = net.management.createCanister();
    const install = () => {
      net.management.installCode(id, { module: moduleWith(sections) });
    };
    expect(net.rejection(install)).toMatchObject({ rejectCode: 5, errorCode: 'IC0505' });
  });

  test('unicode metadata name', () => {
    expect(setup([['icp:public ☃️', 'snow']]).read('☃️')).toBe('snow');
  });

  test('zero-length metadata name', () => {
    expect(setup([['icp:public ', 'empty']]).read('')).toBe('empty');
  });

  test('metadata section name with spaces', () => {
    expect(setup([['icp:public metadata section name', 'spaced']]).read('metadata section name')).toBe(
      'spaced',
    );
  });
});
