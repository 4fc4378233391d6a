import { describe, expect, test } from 'vitest';
import { program, type Program } from '../support/program.ts';
import { TestNetwork, user } from '../support/test-network.ts';

/* Group 'simple calls' of ic-ref-test; the names are its cases'. */
describe('simple calls', () => {
  function canister() {
    const net = new TestNetwork();
    const id = net.canister();
    const ways: Readonly<Record<string, (written: Program) => Uint8Array>> = {
      update: (written) => net.run(id, written),
      query: (written) => net.look(id, written),
      'composite query': (written) => net.compose(id, written),
    };
    const counter = () => net.lookNumbers(id, program().appendNumber('heapCounter').reply())[0];
    return { net, id, ways, counter };
  }
  const kinds = ['update', 'query', 'composite query'];
  const run = (kind: string, written: Program) => {
    const { net, ways, counter, id } = canister();
    const way = ways[kind];
    if (way === undefined) throw new Error(`There is no way '${kind}'.`);
    const reply = () => way(written);
    return {
      reply,
      text: () => new TextDecoder().decode(reply()),
      refusal: () => net.rejection(reply),
      counter,
      id,
    };
  };

  test.each(kinds)('Call (%s)', (kind) => {
    expect(run(kind, program().reply('ABCD')).text()).toBe('ABCD');
  });

  test('Call no non-existant update method', () => {
    const { net, id } = canister();
    const call = { sender: user, canisterId: id, method: 'no_such_method', arg: new Uint8Array() };
    expect(net.rejection(() => net.network.update(call))).toMatchObject({
      rejectCode: 5,
      errorCode: 'IC0536',
    });
  });

  test('Call no non-existant query method', () => {
    const { net, id } = canister();
    const call = { sender: user, canisterId: id, arg: new Uint8Array() };
    for (const method of ['no_such_method', 'run']) {
      const refusal = net.rejection(() => net.network.query({ ...call, method }));
      expect(refusal).toMatchObject({ rejectCode: 5, errorCode: 'IC0536' });
      expect(refusal.rejectMessage).toContain(`Canister has no query method '${method}'.`);
    }
  });

  test.each(kinds)('reject (%s)', (kind) => {
    expect(run(kind, program().reject('ABCD')).refusal()).toMatchObject({
      rejectCode: 4,
      errorCode: 'IC0406',
      rejectMessage: 'ABCD',
    });
  });

  test.each(kinds)('No response (%s)', (kind) => {
    expect(run(kind, program()).refusal()).toMatchObject({ rejectCode: 5, errorCode: 'IC0506' });
  });

  test('No response does not rollback', () => {
    const { refusal, counter } = run('update', program().addToHeap(1n));
    expect(refusal().errorCode).toBe('IC0506');
    expect(counter()).toBe(1n);
  });

  test.each(kinds)('Double reply (%s)', (kind) => {
    const refusal = run(kind, program().reply('first').reply('second')).refusal();
    expect(refusal).toMatchObject({ rejectCode: 5, errorCode: 'IC0504' });
    const replyTwice = program().reply().system('msg_reply');
    expect(run(kind, replyTwice).refusal().rejectMessage).toContain(
      'ic0.msg_reply: the call is already replied',
    );
  });

  test.each(kinds)('Reply data append after reply (%s)', (kind) => {
    const { rejectMessage } = run(kind, program().reply('first').append('more')).refusal();
    expect(rejectMessage).toContain('ic0.msg_reply_data_append: the call is already replied');
  });

  test.each(kinds)('Reply data append after reject (%s)', (kind) => {
    expect(run(kind, program().reject('no').append('more')).refusal().errorCode).toBe('IC0504');
  });

  test.each(kinds)('Caller (%s)', (kind) => {
    expect(run(kind, program().appendCaller().reply()).reply()).toEqual(user.toUint8Array());
  });

  test.each(kinds)('Argument (%s)', (kind) => {
    const written = program().appendArgument().reply();
    expect(run(kind, written).reply()).toEqual(written.bytes);
  });

  test('A reject that is not UTF-8 traps', () => {
    const { rejectMessage } = run(
      'update',
      program().writeScratch(Uint8Array.of(0xff)).system('msg_reject', 512, 1),
    ).refusal();
    expect(rejectMessage).toContain('ic0.msg_reject: invalid UTF-8 string provided');
  });

  test('A reply may have 2 MiB as an update and 3 MiB as a query', () => {
    const mebibyte = 2 ** 20;
    const append = (bytes: number) =>
      program().growHeap(64).system('msg_reply_data_append', 0, bytes).reply();
    expect(run('update', append(2 * mebibyte)).reply()).toHaveLength(2 * mebibyte);
    expect(run('query', append(3 * mebibyte)).reply()).toHaveLength(3 * mebibyte);
    for (const [kind, bytes] of [
      ['update', 2 * mebibyte + 1],
      ['query', 3 * mebibyte + 1],
      ['composite query', 3 * mebibyte + 1],
    ] as const) {
      expect(run(kind, append(bytes)).refusal().rejectMessage).toContain(
        `application payload size (${bytes}) cannot be larger than ${bytes - 1}.`,
      );
    }
  });
});

describe('query', () => {
  test('non-existing (deleted) canister', () => {
    const net = new TestNetwork();
    const id = net.canister();
    net.management.stopCanister(id);
    net.management.deleteCanister(id);
    expect(net.rejection(() => net.look(id, program().reply()))).toMatchObject({
      rejectCode: 3,
      errorCode: 'IC0301',
      rejectMessage: `Canister ${id.toText()} not found.`,
    });
  });

  test('does not commit', () => {
    const net = new TestNetwork();
    const id = net.canister({ init: program().addToHeap(5n) });
    net.look(id, program().addToHeap(1n).reply());
    expect(net.lookNumbers(id, program().appendNumber('heapCounter').reply())).toEqual([5n]);
  });
});
