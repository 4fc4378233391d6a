import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';
import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { maximumGreetingBytes, maximumNameCharacters } from '../../src/greeter/greeting.ts';
import { CallRejectedError, type NetworkCheckpoint } from '../../src/localnet/index.ts';
import { GreeterFixture, initArgument, userNumber } from './greeter-fixture.ts';

const owner = userNumber(1);
const stranger = userNumber(2);

/** Text as people can write it: no lone surrogates, which Candid cannot carry. */
const anyName = fc.string({ unit: 'binary', maxLength: maximumNameCharacters });

/** Announces a million values of type null in twelve bytes, behind the expected text. */
const candidBomb = Uint8Array.from([
  ...[0x44, 0x49, 0x44, 0x4c, 0x01, 0x6d, 0x7f, 0x02, 0x71, 0x00],
  ...[0x00, 0xc0, 0x84, 0x3d],
]);

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

  it('greets', () => {
    expect(greeter.greet('Alice')).toBe('Hello, Alice!');
  });

  it('greets any name of up to a thousand characters, in any script', () => {
    fc.assert(
      fc.property(anyName, (name) => {
        expect(greeter.greet(name)).toBe(`Hello, ${name}!`);
      }),
      {
        numRuns: 50,
        examples: [[''], ['🦀'.repeat(maximumNameCharacters)], ['ẞ'], ['ab\u0000c'], ['\ufeffx']],
      },
    );
  });

  it('refuses a longer name and says so', () => {
    expect(() => greeter.greet('é'.repeat(maximumNameCharacters + 1))).toThrow(
      'name-too-long: a name has at most 1000 characters; this one has 1001.',
    );
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

  it('shows its owner', () => {
    expect(greeter.getOwner().toText()).toBe(owner.toText());
  });

  it('lets its owner change the phrase, and nobody else', () => {
    expect(greeter.setGreeting(stranger, 'Hi')).toMatch(/^not-owner:/);
    expect(greeter.setGreeting(Principal.anonymous(), 'Hi')).toMatch(/^not-owner:/);
    expect(greeter.greet('Alice')).toBe('Hello, Alice!');
    expect(greeter.setGreeting(owner, 'Grüß Gott')).toBe('Ok');
    expect(greeter.greet('Alice')).toBe('Grüß Gott, Alice!');
  });

  it(`takes a phrase of 1 to ${maximumGreetingBytes} bytes`, () => {
    expect(greeter.setGreeting(owner, '')).toMatch(/^greeting-empty:/);
    expect(greeter.setGreeting(owner, 'ä'.repeat(maximumGreetingBytes / 2) + 'a')).toMatch(
      /^greeting-too-long:/,
    );
    expect(greeter.greet('Alice')).toBe('Hello, Alice!');
    expect(greeter.setGreeting(owner, 'ä'.repeat(maximumGreetingBytes / 2))).toBe('Ok');
  });

  it.each([
    ['the init argument', initArgument(stranger, 'Ignored')],
    ['an empty argument list', IDL.encode([], [])],
    ['no argument', new Uint8Array()],
  ])('keeps owner and phrase when it is upgraded with %s', (_, arg) => {
    greeter.setGreeting(owner, 'Salut');
    greeter.upgrade(arg);
    expect(greeter.greet('Alice')).toBe('Salut, Alice!');
    expect(greeter.getOwner().toText()).toBe(owner.toText());
    expect(greeter.setGreeting(owner, 'Ciao')).toBe('Ok');
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

describe('the installation of a Greeter', () => {
  it('can give it a phrase of its own', () => {
    const greeter = new GreeterFixture();
    greeter.install(initArgument(owner, 'Moin'));
    expect(greeter.greet('Alice')).toBe('Moin, Alice!');
  });

  it.each([
    ['no argument', new Uint8Array(), /invalid-init-argument: expected \(record/],
    ['an empty argument list', IDL.encode([], []), /invalid-init-argument: expected \(record/],
    ['the anonymous owner', initArgument(Principal.anonymous()), /anonymous principal cannot own/],
    ['an empty phrase', initArgument(owner, ''), /greeting-empty/],
    ['a phrase that is too long', initArgument(owner, 'x'.repeat(65)), /greeting-too-long/],
  ])('fails in plain words for %s, without a stack trace', (_, arg, message) => {
    const greeter = new GreeterFixture();
    let text = '';
    try {
      greeter.install(arg);
    } catch (error) {
      text = String(error);
    }
    expect(text).toMatch(message);
    expect(text).not.toContain('main.js');
  });
});
