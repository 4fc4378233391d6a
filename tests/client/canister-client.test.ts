import { IDL } from '@dfinity/candid';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CallRejectedError,
  InvalidArgumentError,
  UndecodableReplyError,
  canisterClient,
  greeterClient,
  managerClient,
} from '../../src/client/index.ts';
import * as greeter from '../../src/client/generated/greeter.ts';
import * as manager from '../../src/client/generated/manager.ts';
import { candidListArbitrary } from './support/candid-arbitrary.ts';
import { type FakeCall, fakeTransport, someCanister } from './support/fake-transport.ts';

type AnyMethods = Readonly<Record<string, (...args: unknown[]) => Promise<unknown>>>;

const methods = (
  [
    ['Manager', manager.idlFactory],
    ['Greeter', greeter.idlFactory],
  ] as const
).flatMap(([canister, idlFactory]) =>
  idlFactory({ IDL })._fields.map(([method, type]) => ({ canister, idlFactory, method, type })),
);

describe('a client made from a Candid interface', () => {
  it.each(methods)(
    'carries any arguments of $method to the canister, and any result back',
    async ({ idlFactory, method, type }) => {
      await fc.assert(
        fc.asyncProperty(
          candidListArbitrary(type.argTypes),
          candidListArbitrary(type.retTypes),
          async (args, [result]) => {
            const calls: FakeCall[] = [];
            const transport = fakeTransport((call) => {
              calls.push(call);
              return IDL.encode(type.retTypes, [result]);
            });
            const client = canisterClient<AnyMethods>(idlFactory, transport, someCanister);
            expect(await client[method]?.(...args)).toEqual(result);
            const [call, ...others] = calls;
            expect(others).toEqual([]);
            expect(call?.canisterId).toBe(someCanister);
            expect(call?.method).toBe(method);
            expect(call?.mode).toBe(type.annotations.includes('query') ? 'query' : 'update');
            expect(IDL.decode(type.argTypes, call?.arg ?? new Uint8Array())).toEqual(args);
          },
        ),
        { numRuns: 30 },
      );
    },
  );

  it('returns several results as an array, and none as undefined', async () => {
    const factory: IDL.InterfaceFactory = () =>
      IDL.Service({ none: IDL.Func([], []), two: IDL.Func([], [IDL.Text, IDL.Bool], ['composite_query']) });
    const transport = fakeTransport(({ method, mode }) =>
      method === 'none' ? IDL.encode([], []) : IDL.encode([IDL.Text, IDL.Bool], [mode, true]),
    );
    const client = canisterClient<AnyMethods>(factory, transport, someCanister);
    expect(await client['none']?.()).toBeUndefined();
    expect(await client['two']?.()).toEqual(['query', true]);
  });

  it('does not send an argument of the wrong type, and says which method it was for', async () => {
    let sent = 0;
    const transport = fakeTransport(() => {
      sent += 1;
      return new Uint8Array();
    });
    const wrong = 7 as unknown as string;
    const call = greeterClient(transport, someCanister).greet(wrong);
    await expect(call).rejects.toThrow(InvalidArgumentError);
    await expect(call).rejects.toMatchObject({ code: 'client.invalid-argument', method: 'greet' });
    expect(sent).toBe(0);
  });

  it('turns a reply that is not of the type into a typed error that keeps the bytes', async () => {
    const reply = IDL.encode([IDL.Nat], [7n]);
    const call = managerClient(
      fakeTransport(() => reply),
      someCanister,
    ).listTemplates();
    await expect(call).rejects.toThrow(UndecodableReplyError);
    await expect(call).rejects.toMatchObject({ code: 'client.undecodable-reply', reply });
  });

  it('passes rejects and failures of the transport on as they are', async () => {
    const failures = [new CallRejectedError(5, 'IC0503', 'trapped'), new TypeError('no connection')];
    for (const failure of failures) {
      const transport = fakeTransport(() => {
        throw failure;
      });
      await expect(greeterClient(transport, someCanister).getOwner()).rejects.toBe(failure);
    }
  });
});
