import { readFileSync } from 'node:fs';
import { Principal } from '@dfinity/principal';
import { IDL } from '@dfinity/candid';
import { createIdentity } from '@dfinity/pic';
import { describe, expect, test } from 'vitest';
import { type _SERVICE as Greeter, idlFactory } from '../../../src/client/generated/greeter.ts';
import { interfaceToPic, toPic } from '../../support/pocket-ic-types.ts';
import { program } from '../support/program.ts';
import { picNetwork } from './pic-network.ts';

const net = picNetwork();
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const owner = createIdentity('the owner');
const anonymous = toPic(Principal.anonymous());
const stranger = Principal.selfAuthenticating(new Uint8Array([4]));

const InitArgument = IDL.Record({ owner: IDL.Principal, greeting: IDL.Opt(IDL.Text) });
const greeter = {
  wasm: readFileSync('.canisters/greeter/greeter.wasm.gz'),
  arg: IDL.encode([InitArgument], [{ owner: owner.getPrincipal(), greeting: [] }]),
  idlFactory: interfaceToPic(idlFactory),
};

describe('the client calls a canister', () => {
  test('with updates and queries, as whoever it says it is', async () => {
    const id = await net.canister();
    expect(text(await net.run(id, program().reply('updated')))).toBe('updated');
    const sender = toPic(stranger);
    const arg = program().appendCaller().reply().bytes;
    expect(await net.pic.queryCall({ canisterId: id, method: 'look', arg, sender })).toEqual(
      stranger.toUint8Array(),
    );
    expect(await net.pic.updateCall({ canisterId: id, method: 'run', arg, sender })).toEqual(
      stranger.toUint8Array(),
    );
  });

  test('and hears why a call was rejected, in the words of the protocol', async () => {
    const id = await net.canister();
    await expect(net.run(id, program().trap('no'))).rejects.toThrow(
      /Canister called `ic0.trap` with message: 'no'.*Reject code: CanisterError\. Error code: CanisterCalledTrap\. Certified: true/s,
    );
    await expect(net.run(id, program().reject('go away'))).rejects.toThrow(
      'Canister call failed: go away. Reject code: CanisterReject. Error code: CanisterRejectedMessage. Certified: true',
    );
    await expect(net.look(id, program().trap('no'))).rejects.toThrow(/CanisterCalledTrap\. Certified: false/);
    await expect(net.pic.updateCall({ canisterId: id, method: 'missing' })).rejects.toThrow(
      /Error code: CanisterMethodNotFound/,
    );
    const vacant = await net.pic.createCanister();
    await expect(net.run(vacant, program().reply())).rejects.toThrow(/CanisterWasmModuleNotFound/);
  });

  test('in another subnet, or none, in vain', async () => {
    const id = await net.canister();
    const call = { canisterId: id, method: 'look', arg: program().reply('here').bytes };
    const [subnet] = await net.pic.getApplicationSubnets();
    if (subnet === undefined) throw new Error('There is no subnet.');
    expect(text(await net.pic.queryCall({ ...call, targetSubnetId: subnet.id }))).toBe('here');
    await expect(net.pic.queryCall({ ...call, targetSubnetId: toPic(stranger) })).rejects.toThrow(
      /BadIngressMessage\("There is no subnet/,
    );
    await expect(net.pic.queryCall({ ...call, canisterId: toPic(stranger) })).rejects.toThrow(
      /belongs to no subnet/,
    );
  });

  test('by a sender of whom a canister attests something, which the called one reads', async () => {
    const canisterId = await net.canister();
    const senderInfo = { info: new Uint8Array([7, 8]), signer: canisterId };
    const arg = program()
      .system('msg_caller_info_data_size')
      .appendNumber('lastResult')
      .system('msg_caller_info_signer_size')
      .appendNumber('lastResult')
      .reply().bytes;
    const sizes = Uint8Array.from([2, 0, 0, 0, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0, 0, 0]);
    expect(await net.pic.updateCall({ canisterId, method: 'run', arg, senderInfo })).toEqual(sizes);
    expect(await net.pic.queryCall({ canisterId, method: 'look', arg, senderInfo })).toEqual(sizes);
    expect(await net.pic.queryCall({ canisterId, method: 'look', arg })).toEqual(new Uint8Array(16));
  });

  test('that does not answer, and is told so after a hundred rounds', async () => {
    const id = await net.canister();
    await net.pic.updateCanisterSettings({ canisterId: id, controllers: [id, anonymous] });
    // It cannot stop before it has answered, and cannot answer before it has stopped: only time ends that.
    const arg = IDL.encode([IDL.Record({ canister_id: IDL.Principal })], [{ canister_id: id }]);
    const stopItself = program().call({
      to: Principal.managementCanister(),
      method: 'stop_canister',
      arg,
      onReject: program().reply('timed out'),
    });
    await expect(net.run(id, stopItself)).rejects.toThrow(
      /BadIngressMessage\("Failed to answer to ingress \d+ after 100 rounds\."\)/,
    );
  });
});

describe('an actor', () => {
  test('has the methods of the canister, and calls as an identity or a principal', async () => {
    const { actor, canisterId } = await net.pic.setupCanister<Greeter>(greeter);
    expect(await actor.greet('Alice')).toBe('Hello, Alice!');
    actor.setPrincipal(toPic(stranger));
    expect(await actor.setGreeting('Hi')).toMatchObject({
      Err: expect.stringMatching(/^not-owner/) as string,
    });
    actor.setIdentity(owner);
    expect(await actor.setGreeting('Grüß Gott')).toEqual({ Ok: null });
    const second = net.pic.createActor<Greeter>(greeter.idlFactory, canisterId);
    expect(await second.greet('Alice')).toBe('Grüß Gott, Alice!');
  });

  test('that is deferred executes its calls together, when one of them is awaited', async () => {
    const { actor, canisterId } = await net.pic.setupCanister<Greeter>(greeter);
    const deferred = net.pic.createDeferredActor<Greeter>(greeter.idlFactory, canisterId);
    deferred.setIdentity(owner);
    const answers = [await deferred.setGreeting('first'), await deferred.setGreeting('second')];
    expect(await actor.greet('Alice')).toBe('Hello, Alice!');
    await answers[0]?.();
    expect(await actor.greet('Alice')).toBe('second, Alice!');
    expect(await answers[1]?.()).toEqual({ Ok: null });
  });
});
