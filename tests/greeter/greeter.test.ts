import { IDL } from '@dfinity/candid';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CallRejectedError, type NetworkCheckpoint } from '../../src/localnet/index.ts';
import { GreeterFixture, initArgument, userNumber } from './greeter-fixture.ts';

const owner = userNumber(1);
const stranger = userNumber(2);

/** Announces a million values of type null in twelve bytes, behind the expected text. */
const candidBomb = Uint8Array.from([
  ...[0x44, 0x49, 0x44, 0x4c, 0x01, 0x6d, 0x7f, 0x02, 0x71, 0x00],
  ...[0x00, 0xc0, 0x84, 0x3d],
]);

/* What it does for those who use it is tested in tests/pocket-ic/greeter.test.ts. */

describe('the Greeter', () => {
  let greeter: GreeterFixture;
  let installed: NetworkCheckpoint;

  beforeAll(() => {
    greeter = new GreeterFixture();
    greeter.install(initArgument(owner));
    greeter.network.run();
    installed = greeter.network.checkpoint();
  });

  beforeEach(() => {
    greeter.network.restore(installed);
  });

  it.each([
    ['nothing', IDL.encode([], [])],
    ['a number', IDL.encode([IDL.Nat], [1n])],
    ['two texts', IDL.encode([IDL.Text, IDL.Text], ['a', 'b'])],
    ['no Candid', new TextEncoder().encode('Alice')],
    ['no bytes', new Uint8Array()],
    ['a text that is not UTF-8', Uint8Array.of(0x44, 0x49, 0x44, 0x4c, 0, 1, 0x71, 1, 0xff)],
    ['a text shorter than announced', Uint8Array.of(0x44, 0x49, 0x44, 0x4c, 0, 1, 0x71, 9, 0x41)],
    ['a Candid bomb', candidBomb],
  ])('refuses %s as an argument in plain words, at little cost', (_, arg) => {
    expect(() => greeter.query('greet', arg)).toThrow(/malformed-argument: expected \(text\)\.$/);
    expect(() => greeter.update(owner, 'setGreeting', arg)).toThrow(
      /malformed-argument: expected \(text\)\.$/,
    );
    expect(greeter.lastInstructions).toBeLessThan(2_000_000n);
    expect(greeter.greet('Alice')).toBe('Hello, Alice!');
  });

  it.each(['_azle_chunk', '_azle_heap_allocation', '<ic-cdk internal> timer_executor', 'noSuchMethod'])(
    'does not admit a user’s call of %s',
    (method) => {
      const { version } = greeter.network.canister(greeter.canisterId);
      expect(() => greeter.update(stranger, method, IDL.encode([], []))).toThrow(CallRejectedError);
      expect(greeter.network.canister(greeter.canisterId).version).toBe(version);
    },
  );
});
