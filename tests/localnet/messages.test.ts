import { describe, expect, test } from 'vitest';
import { program } from './support/program.ts';
import { TestNetwork, user } from './support/test-network.ts';

const state = () =>
  program()
    .appendNumber('heapCounter')
    .appendNumber('globalCounter')
    .appendNumber('stableSize')
    .appendNumber('stableCounter')
    .appendNumber('heapSize')
    .reply();

describe('an update call', () => {
  test('replies and keeps what it changed', () => {
    const net = new TestNetwork();
    const id = net.canister();
    expect(net.runText(id, program().addToHeap(3n).reply('done'))).toBe('done');
    expect(net.lookNumbers(id, program().appendNumber('heapCounter').reply())).toEqual([3n]);
  });

  test('sees its caller', () => {
    const net = new TestNetwork();
    expect(net.run(net.canister(), program().appendCaller().reply())).toEqual(user.toUint8Array());
  });

  test('that rejects is rejected with its text and code 4', () => {
    const net = new TestNetwork();
    const id = net.canister();
    const rejection = net.rejection(() => net.run(id, program().reject('not today')));
    expect(rejection).toMatchObject({ rejectCode: 4, errorCode: 'IC0406', rejectMessage: 'not today' });
  });

  test('that does not reply is rejected, but what it changed stays', () => {
    const net = new TestNetwork();
    const id = net.canister();
    const rejection = net.rejection(() => net.run(id, program().addToHeap(1n)));
    expect(rejection).toMatchObject({
      rejectCode: 5,
      errorCode: 'IC0506',
      rejectMessage: `Canister ${id.toText()} did not reply to the call`,
    });
    expect(net.lookNumbers(id, program().appendNumber('heapCounter').reply())).toEqual([1n]);
  });

  test('that replies twice traps, and its first reply is undone', () => {
    const net = new TestNetwork();
    const id = net.canister();
    const rejection = net.rejection(() => net.run(id, program().reply('one').reply('two')));
    expect(rejection.errorCode).toBe('IC0504');
    expect(rejection.rejectMessage).toContain('ic0.msg_reply_data_append: the call is already replied');
  });

  test('to a method that does not exist is rejected with the text that tools look for', () => {
    const net = new TestNetwork();
    const id = net.canister();
    const call = { sender: user, canisterId: id, method: 'missing', arg: new Uint8Array() };
    expect(net.rejection(() => net.network.update(call))).toMatchObject({
      rejectCode: 5,
      errorCode: 'IC0536',
      rejectMessage:
        `Error from Canister ${id.toText()}: Canister has no update method 'missing'..\n` +
        'Check that the method being called is exported by the target canister. ' +
        'See documentation: https://internetcomputer.org/docs/current/references/execution-errors#method-not-found',
    });
  });

  test('to an empty canister is refused at once', () => {
    const net = new TestNetwork();
    const id = net.management.createCanister();
    expect(net.rejection(() => net.submit(id, program())).errorCode).toBe('IC0537');
  });

  test('to a canister that does not exist is refused at once', () => {
    const net = new TestNetwork();
    const rejection = net.rejection(() => net.submit(user, program()));
    expect(rejection).toMatchObject({ rejectCode: 3, errorCode: 'IC0301' });
  });
});

describe('a trap', () => {
  const changeEverything = () =>
    program()
      .addToHeap(7n)
      .addToGlobal(7n)
      .growStable(2n)
      .writeStable(7n)
      .growHeap(3)
      .setTimer(1n)
      .certify('new');

  test.each([
    ['called', () => program().trap('oh'), 'IC0503'],
    ['of the machine', () => program().unreachable(), 'IC0502'],
    ['of the interface', () => program().reply().reply(), 'IC0504'],
  ])('%s undoes heap, globals, stable memory, timer and certified data', (_, failing, errorCode) => {
    const net = new TestNetwork();
    const id = net.canister();
    net.run(
      id,
      program().addToHeap(1n).addToGlobal(1n).growStable(1n).writeStable(1n).certify('old').reply(),
    );
    const before = net.lookNumbers(id, state());
    const failingProgram = changeEverything();
    const bytes = Buffer.concat([failingProgram.bytes, failing().bytes]);
    const call = { sender: user, canisterId: id, method: 'run', arg: new Uint8Array(bytes) };
    expect(net.rejection(() => net.network.update(call)).errorCode).toBe(errorCode);
    expect(net.lookNumbers(id, state())).toEqual(before);
    expect(net.network.canister(id)).toMatchObject({ globalTimerNanos: 0n });
    expect(new TextDecoder().decode(net.network.canister(id).certifiedData)).toBe('old');
  });

  test('tells the caller its text and stays in the log', () => {
    const net = new TestNetwork();
    const id = net.canister();
    const rejection = net.rejection(() => net.run(id, program().print('before').trap('on purpose')));
    expect(rejection.rejectMessage).toBe(
      `Error from Canister ${id.toText()}: Canister called \`ic0.trap\` with message: 'on purpose'.\n` +
        'Consider gracefully handling failures from this canister or altering the canister to handle exceptions. ' +
        'See documentation: https://internetcomputer.org/docs/current/references/execution-errors#trapped-explicitly',
    );
    expect(net.network.canister(id).log).toEqual(['before', '[TRAP]: on purpose']);
  });

  test('comes when the heap grows beyond the canister’s own limit', () => {
    const net = new TestNetwork();
    const id = net.canister();
    net.management.updateSettings(id, { wasm_memory_limit: 131_072n });
    expect(net.runText(id, program().growHeap(1).reply('enough'))).toBe('enough');
    expect(net.rejection(() => net.run(id, program().growHeap(1).reply())).errorCode).toBe('IC0539');
    expect(net.lookNumbers(id, program().appendNumber('heapSize').reply())).toEqual([2n]);
  });

  test('in an endless loop comes at the limit, and the network lives on', () => {
    const net = new TestNetwork({ instructionLimits: { update: 1_000_000n } });
    const id = net.canister();
    const rejection = net.rejection(() => net.run(id, program().loopForever()));
    expect(rejection).toMatchObject({ rejectCode: 5, errorCode: 'IC0522' });
    expect(rejection.rejectMessage).toContain(
      'Canister exceeded the limit of 1000000 instructions for single message execution.',
    );
    expect(net.runText(id, program().reply('alive'))).toBe('alive');
  });
});

describe('a query', () => {
  test('sees the state and leaves it as it was', () => {
    const net = new TestNetwork();
    const id = net.canister();
    const program1 = program().addToHeap(5n).growStable(1n).writeStable(9n).addToGlobal(5n).growHeap(1);
    expect(net.lookNumbers(id, program1.appendNumber('heapCounter').reply())).toEqual([5n]);
    expect(net.lookNumbers(id, state())).toEqual([0n, 0n, 0n, 0n, 1n]);
  });

  test('called as an update replies and leaves the state as it was', () => {
    const net = new TestNetwork();
    const id = net.canister();
    const arg = program().addToHeap(5n).appendNumber('replicated').reply().bytes;
    const reply = net.network.update({ sender: user, canisterId: id, method: 'look', arg });
    expect([...reply]).toEqual([1, 0, 0, 0, 0, 0, 0, 0]);
    expect(net.lookNumbers(id, state())).toEqual([0n, 0n, 0n, 0n, 1n]);
  });

  test('may not make calls, in the words of the replica', () => {
    const net = new TestNetwork();
    const id = net.canister();
    const rejection = net.rejection(() => net.look(id, program().call({ to: id })));
    expect(rejection).toMatchObject({ rejectCode: 5, errorCode: 'IC0504' });
    expect(rejection.rejectMessage).toContain(
      'Canister violated contract: "ic0_call_new" cannot be executed in non replicated query mode',
    );
  });

  test('stops at its own limit', () => {
    const net = new TestNetwork({ instructionLimits: { query: 1_000_000n } });
    const id = net.canister();
    expect(net.rejection(() => net.look(id, program().loopForever())).errorCode).toBe('IC0522');
  });

  test('of a stopped canister is rejected', () => {
    const net = new TestNetwork();
    const id = net.canister();
    net.management.stopCanister(id);
    expect(net.rejection(() => net.look(id, program().reply()))).toMatchObject({
      errorCode: 'IC0508',
      rejectMessage: `Canister ${id.toText()} is not running`,
    });
  });
});

describe('inspect_message', () => {
  test('decides about users’ update calls and nothing else', () => {
    const net = new TestNetwork();
    const id = net.canister({ inspectMessage: true });
    const caller = net.canister();
    expect(net.rejection(() => net.submit(id, program().reply()))).toMatchObject({
      rejectCode: 4,
      errorCode: 'IC0406',
    });
    const call = program().call({
      to: id,
      arg: program().reply('let in'),
      onReply: program().appendArgument().reply(),
    });
    expect(net.runText(caller, call)).toBe('let in');
  });

  test('that accepts lets the call in, and what it changes is dropped', () => {
    const net = new TestNetwork();
    const accept = program().store('inspectMessage', program().addToHeap(1n).acceptMessage());
    const id = net.canister({ inspectMessage: true, init: accept });
    expect(net.runNumbers(id, program().appendNumber('heapCounter').reply())).toEqual([0n]);
  });
});
