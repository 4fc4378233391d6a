import { IDL } from '@dfinity/candid';
import { type Actor, PocketIc, type PocketIcServer } from '@dfinity/pic';
import { Principal } from '@dfinity/principal';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type _SERVICE as Greeter, idlFactory } from '../../src/client/generated/greeter.ts';
import { maximumGreetingBytes, maximumNameCharacters } from '../../src/greeter/greeting.ts';
import { malformedArguments } from '../greeter/malformed-arguments.ts';
import { greeterModule } from '../support/manager-modules.ts';
import { startPocketIcForCanisters } from '../support/pocket-ic-server.ts';
import { interfaceToPic, type PicPrincipal, toPic } from '../support/pocket-ic-types.ts';

const owner = Principal.selfAuthenticating(new Uint8Array([1]));
const stranger = Principal.selfAuthenticating(new Uint8Array([2]));
const InitArgument = IDL.Record({ owner: IDL.Principal, greeting: IDL.Opt(IDL.Text) });

function initArgument(greeterOwner: Principal, greeting?: string): Uint8Array {
  return IDL.encode(
    [InitArgument],
    [{ owner: greeterOwner, greeting: greeting === undefined ? [] : [greeting] }],
  );
}

let server: PocketIcServer;
let pic: PocketIc;

beforeAll(async () => {
  server = await startPocketIcForCanisters();
  pic = await PocketIc.create(server.getUrl());
});

afterAll(async () => {
  await pic.tearDown();
  await server.stop();
});

function as(sender: Principal, canisterId: PicPrincipal): Actor<Greeter> {
  const actor = pic.createActor<Greeter>(interfaceToPic(idlFactory), canisterId);
  actor.setPrincipal(toPic(sender));
  return actor;
}

async function install(greeting?: string): Promise<PicPrincipal> {
  const arg = initArgument(owner, greeting);
  const { canisterId } = await pic.setupCanister<Greeter>({
    wasm: greeterModule,
    arg,
    idlFactory: interfaceToPic(idlFactory),
  });
  return canisterId;
}

/** Text as people can write it: no lone surrogates, which Candid cannot carry. */
const anyName = fc.string({ unit: 'binary', maxLength: maximumNameCharacters });

describe('the Greeter', () => {
  let id: PicPrincipal;

  beforeAll(async () => {
    id = await install();
  });

  test('greets any name of up to a thousand characters, in any script', async () => {
    await fc.assert(
      fc.asyncProperty(anyName, async (name) => {
        expect(await as(stranger, id).greet(name)).toBe(`Hello, ${name}!`);
      }),
      {
        numRuns: 50,
        examples: [['Alice'], [''], ['🦀'.repeat(maximumNameCharacters)], ['ẞ'], ['ab\u0000c'], ['\ufeffx']],
      },
    );
  });

  test('refuses a longer name and says so', async () => {
    await expect(as(stranger, id).greet('é'.repeat(maximumNameCharacters + 1))).rejects.toThrow(
      'name-too-long: a name has at most 1000 characters; this one has 1001.',
    );
  });

  test('shows its owner', async () => {
    expect((await as(stranger, id).getOwner()).toText()).toBe(owner.toText());
  });

  test('lets its owner change the phrase, and nobody else', async () => {
    for (const other of [stranger, Principal.anonymous()]) {
      expect(await as(other, id).setGreeting('Hi')).toMatchObject({
        Err: expect.stringMatching(/^not-owner:/) as string,
      });
    }
    expect(await as(stranger, id).greet('Alice')).toBe('Hello, Alice!');
    expect(await as(owner, id).setGreeting('Grüß Gott')).toEqual({ Ok: null });
    expect(await as(stranger, id).greet('Alice')).toBe('Grüß Gott, Alice!');
  });

  test(`takes a phrase of 1 to ${maximumGreetingBytes} bytes`, async () => {
    const before = await as(owner, id).greet('Alice');
    expect(await as(owner, id).setGreeting('')).toMatchObject({
      Err: expect.stringMatching(/^greeting-empty:/) as string,
    });
    expect(await as(owner, id).setGreeting('ä'.repeat(maximumGreetingBytes / 2) + 'a')).toMatchObject({
      Err: expect.stringMatching(/^greeting-too-long:/) as string,
    });
    expect(await as(owner, id).greet('Alice')).toBe(before);
    expect(await as(owner, id).setGreeting('ä'.repeat(maximumGreetingBytes / 2))).toEqual({ Ok: null });
  });

  test.each([
    ['the init argument', initArgument(stranger, 'Ignored')],
    ['an empty argument list', IDL.encode([], [])],
    ['no argument', new Uint8Array()],
  ])('keeps owner and phrase when it is upgraded with %s', async (_, arg) => {
    await as(owner, id).setGreeting('Salut');
    await pic.upgradeCanister({ canisterId: id, wasm: greeterModule, arg });
    expect(await as(stranger, id).greet('Alice')).toBe('Salut, Alice!');
    expect((await as(stranger, id).getOwner()).toText()).toBe(owner.toText());
    expect(await as(owner, id).setGreeting('Ciao')).toEqual({ Ok: null });
  });
});

describe('a call of the Greeter', () => {
  let id: PicPrincipal;

  beforeAll(async () => {
    id = await install();
  });

  test.each(malformedArguments)('with %s as the argument is refused in plain words', async (_, arg) => {
    const refusal = /malformed-argument: expected \(text\)\.\. /;
    const call = { canisterId: id, arg, sender: toPic(owner) };
    await expect(pic.queryCall({ ...call, method: 'greet' })).rejects.toThrow(refusal);
    await expect(pic.updateCall({ ...call, method: 'setGreeting' })).rejects.toThrow(refusal);
    expect(await as(owner, id).greet('Alice')).toBe('Hello, Alice!');
  });

  test.each(['_azle_chunk', '_azle_heap_allocation', '<ic-cdk internal> timer_executor', 'noSuchMethod'])(
    'of %s is not admitted, and costs nothing',
    async (method) => {
      const before = await pic.getCyclesBalance(id);
      const call = { canisterId: id, method, arg: IDL.encode([], []), sender: toPic(stranger) };
      await expect(pic.updateCall(call)).rejects.toThrow(/Error code: Canister/);
      expect(await pic.getCyclesBalance(id)).toBe(before);
    },
  );
});

describe('the installation of a Greeter', () => {
  test('can give it a phrase of its own', async () => {
    expect(await as(stranger, await install('Moin')).greet('Alice')).toBe('Moin, Alice!');
  });

  test.each([
    ['no argument', new Uint8Array(), /invalid-init-argument: expected \(record/],
    ['an empty argument list', IDL.encode([], []), /invalid-init-argument: expected \(record/],
    ['the anonymous owner', initArgument(Principal.anonymous()), /anonymous principal cannot own/],
    ['an empty phrase', initArgument(owner, ''), /greeting-empty/],
    ['a phrase that is too long', initArgument(owner, 'x'.repeat(65)), /greeting-too-long/],
  ])('fails in plain words for %s, without a stack trace', async (_, arg, message) => {
    const canisterId = await pic.createCanister();
    const failure = await pic.installCode({ canisterId, wasm: greeterModule, arg }).then(
      () => 'installed',
      (error: unknown) => String(error),
    );
    expect(failure).toMatch(message);
    expect(failure).not.toContain('main.js');
  });
});
