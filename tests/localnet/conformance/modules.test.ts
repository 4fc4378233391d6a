import binaryen from 'binaryen';
import { describe, expect, test } from 'vitest';
import { program } from '../support/program.ts';
import { programmableCanister } from '../support/programmable-canister.ts';
import { TestNetwork, user } from '../support/test-network.ts';

const replying = `
  (import "ic0" "msg_reply" (func $reply))
  (func $answer (call $reply))`;

/** A network with a canister whose module is written as text. */
function withModule(text: string) {
  const net = new TestNetwork();
  const id = net.management.createCanister();
  const module = binaryen.parseText(`(module ${text})`);
  net.management.installCode(id, { module: module.emitBinary() });
  module.dispose();
  const query = (method: string) =>
    net.network.query({ sender: user, canisterId: id, method, arg: new Uint8Array() });
  return { net, query };
}

describe('WebAssembly module validation', () => {
  test('(start) function', () => {
    const net = new TestNetwork();
    const id = net.canister({ start: program().addToHeap(42n) });
    const read = () => net.lookNumbers(id, program().appendNumber('heapCounter').reply());
    expect(read()).toEqual([42n]);
    net.run(id, program().addToHeap(1n).reply());
    expect(read(), 'the start function does not run again').toEqual([43n]);
    const module = programmableCanister({ start: program().addToHeap(7n) });
    net.management.installCode(id, { mode: 'upgrade', module });
    expect(read()).toEqual([7n]);
  });

  test('no (start) function', () => {
    const net = new TestNetwork();
    expect(net.lookNumbers(net.canister(), program().appendNumber('heapCounter').reply())).toEqual([0n]);
  });

  test('empty query name', () => {
    const { net, query } = withModule(`${replying} (export "canister_query " (func $answer))`);
    expect(query('')).toEqual(new Uint8Array());
    expect(net.rejection(() => query(' ')).errorCode).toBe('IC0536');
  });

  test('query name with spaces', () => {
    const { query } = withModule(`${replying} (export "canister_query name with  spaces " (func $answer))`);
    expect(query('name with  spaces ')).toEqual(new Uint8Array());
  });

  test('empty custom section name', () => {
    const net = new TestNetwork();
    const id = net.management.createCanister();
    const section = [0, 12, 11, ...Buffer.from('icp:public ')];
    const module = Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...section]);
    net.management.installCode(id, { module });
    expect(net.network.canister(id).moduleHash).toBeDefined();
  });

  test('custom section name with spaces', () => {
    const net = new TestNetwork();
    const id = net.management.createCanister();
    const name = Buffer.from('icp:private name with spaces');
    const section = [0, name.length + 1, name.length, ...name];
    const module = Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...section]);
    net.management.installCode(id, { module });
    expect(net.network.canister(id).moduleHash).toBeDefined();
  });
});
