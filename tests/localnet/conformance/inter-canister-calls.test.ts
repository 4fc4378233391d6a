import { Principal } from '@dfinity/principal';
import { describe, expect, test } from 'vitest';
import { program, type Program, type ProgramCall } from '../support/program.ts';
import { scratch } from '../support/programmable-canister.ts';
import { TestNetwork, user } from '../support/test-network.ts';

/* Group 'inter-canister calls' of ic-ref-test; the names are its cases'. */

function two(): { net: TestNetwork; caller: Principal; callee: Principal } {
  const net = new TestNetwork();
  return { net, caller: net.canister(), callee: net.canister() };
}

const passOn = program().appendArgument().reply();
const tellReject = program().appendNumber('rejectCode').appendRejectMessage().reply();

/** Calls and answers with what came back: the reply, or reject code and text. */
function relay(call: ProgramCall): Program {
  return program().call({ onReply: passOn, onReject: tellReject, ...call });
}

function rejectIn(answer: Uint8Array): { code: number; text: string } {
  return { code: answer[0] ?? 0, text: new TextDecoder().decode(answer.slice(8)) };
}

const counter = program().appendNumber('heapCounter').reply();

describe('builder interface', () => {
  const withoutCall: Readonly<Record<string, Program>> = {
    call_data_append: program().system('call_data_append', 0, 0),
    call_on_cleanup: program().system('call_on_cleanup', 0, 0),
    call_cycles_add: program().system('call_cycles_add', 0),
    call_cycles_add128: program().system('call_cycles_add128', 0, 0),
    call_with_best_effort_response: program().system('call_with_best_effort_response', 1),
    call_perform: program().system('call_perform'),
  };

  test.each(Object.keys(withoutCall))('traps without call_new: %s', (name) => {
    const { net, caller, callee } = two();
    const attempt = withoutCall[name] ?? program();
    const refusal = net.rejection(() => net.run(caller, attempt));
    expect(refusal).toMatchObject({ rejectCode: 5, errorCode: 'IC0504' });
    expect(refusal.rejectMessage).toContain(`ic0.${name} called when no call is under construction.`);
    // Neither is there one once it was performed.
    const after = program().abandonCall({ to: callee }).system('call_perform');
    expect(net.rejection(() => net.run(caller, after.followedBy(attempt))).errorCode).toBe('IC0504');
  });

  test('call_new clears pending call', () => {
    const { net, caller, callee } = two();
    const written = program().abandonCall({ to: callee }).system('call_data_append', 0, 8);
    expect(net.run(caller, written.followedBy(relay({ to: callee, method: 'look', arg: passOn })))).toEqual(
      passOn.bytes,
    );
    expect(net.events.filter(({ event }) => event === 'callSent')).toHaveLength(1);
  });

  test('call_data_append really appends', () => {
    const { net, caller, callee } = two();
    const arg = program().append('one').reply().bytes;
    const [first, second] = [arg.slice(0, 4), arg.slice(4)];
    const written = program()
      .writeScratch(Buffer.concat([first, second]))
      .abandonCall({ to: callee, onReply: passOn })
      .system('call_data_append', scratch.address, first.length)
      .system('call_data_append', scratch.address + first.length, second.length)
      .system('call_perform');
    expect(net.runText(caller, written)).toBe('one');
  });

  test('call_on_cleanup traps if called twice', () => {
    const { net, caller, callee } = two();
    const twice = program()
      .abandonCall({ to: callee })
      .system('call_on_cleanup', 0, 0)
      .system('call_on_cleanup', 0, 0);
    expect(net.rejection(() => net.run(caller, twice)).rejectMessage).toContain('can be called at most once');
  });

  test('a timeout can be given once', () => {
    const { net, caller, callee } = two();
    const twice = program()
      .abandonCall({ to: callee })
      .system('call_with_best_effort_response', 1)
      .system('call_with_best_effort_response', 1);
    expect(net.rejection(() => net.run(caller, twice)).rejectMessage).toContain('a timeout is already set');
  });

  test('a callee’s id has at most 29 bytes, a method’s name 20,000', () => {
    const { net, caller } = two();
    const callNew = (idBytes: number, nameBytes: number) =>
      program().system('call_new', 0, idBytes, 0, nameBytes, 0, 0, 0, 0);
    expect(net.rejection(() => net.run(caller, callNew(30, 0))).errorCode).toBe('IC0504');
    expect(net.rejection(() => net.run(caller, callNew(10, 20_001))).errorCode).toBe('IC0504');
    expect(net.runText(caller, callNew(29, 20_000).reply('fits'))).toBe('fits');
  });
});

describe('inter-canister calls', () => {
  test('to nonexistant canister', () => {
    const { net, caller } = two();
    const to = Principal.fromUint8Array(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 1));
    const { code, text } = rejectIn(net.run(caller, relay({ to })));
    expect({ code, text }).toEqual({ code: 3, text: `IC0301: Canister ${to.toText()} not found.` });
  });

  test('to nonexistant canister (user id)', () => {
    const { net, caller } = two();
    expect(rejectIn(net.run(caller, relay({ to: user }))).code).toBe(3);
  });

  test('to nonexistant method', () => {
    const { net, caller, callee } = two();
    const { code, text } = rejectIn(net.run(caller, relay({ to: callee, method: 'no_such_method' })));
    expect(code).toBe(5);
    expect(text).toMatch(
      /^IC0536: Error from Canister \S+: Canister has no update method 'no_such_method'\./,
    );
  });

  test('Call from query method traps (in update call, in query call, in inter-canister-call)', () => {
    const { net, caller, callee } = two();
    const calling = program().call({ to: callee });
    const asUpdate = { sender: user, canisterId: caller, method: 'look', arg: calling.bytes };
    expect(net.rejection(() => net.network.update(asUpdate)).rejectMessage).toContain(
      '"ic0_call_new" cannot be executed in replicated query mode',
    );
    expect(net.rejection(() => net.look(caller, calling)).rejectMessage).toContain(
      '"ic0_call_new" cannot be executed in non replicated query mode',
    );
    const { code, text } = rejectIn(net.run(caller, relay({ to: callee, method: 'look', arg: calling })));
    expect(code).toBe(5);
    expect(text).toContain('"ic0_call_new" cannot be executed in replicated query mode');
  });

  test.each(['run', 'look'])('Self-call, and call to other canister (to %s)', (method) => {
    const { net, caller, callee } = two();
    const arg = program().appendCaller().reply();
    for (const to of [caller, callee]) {
      expect(net.run(caller, relay({ to, method, arg }))).toEqual(caller.toUint8Array());
    }
  });

  test('update commits', () => {
    const { net, caller, callee } = two();
    net.run(caller, relay({ to: callee, arg: program().addToHeap(3n).reply() }));
    expect(net.lookNumbers(callee, counter)).toEqual([3n]);
  });

  test('query does not commit', () => {
    const { net, caller, callee } = two();
    net.run(caller, relay({ to: callee, method: 'look', arg: program().addToHeap(3n).reply() }));
    expect(net.lookNumbers(callee, counter)).toEqual([0n]);
  });

  test('query no response', () => {
    const { net, caller, callee } = two();
    const { code, text } = rejectIn(net.run(caller, relay({ to: callee, method: 'look', arg: program() })));
    expect(code).toBe(5);
    expect(text).toBe(`IC0506: Canister ${callee.toText()} did not reply to the call`);
  });

  test('query double reply', () => {
    const { net, caller, callee } = two();
    const arg = program().reply().reply();
    expect(rejectIn(net.run(caller, relay({ to: callee, method: 'look', arg }))).code).toBe(5);
  });

  test('query has no deadline, whatever its caller waits', () => {
    const { net, caller, callee } = two();
    const arg = program().appendNumber('deadline').reply();
    const ask = (method: string) =>
      net.runNumbers(caller, relay({ to: callee, method, arg, timeoutSeconds: 30 }));
    expect(ask('look')).toEqual([0n]);
    expect(ask('run')[0]).toBeGreaterThan(net.network.timeNanos);
  });

  test('Reject code is 0 in reply', () => {
    const { net, caller, callee } = two();
    const onReply = program().appendNumber('rejectCode').reply();
    expect(net.runNumbers(caller, relay({ to: callee, arg: program().reply(), onReply }))).toEqual([0n]);
  });

  test('Second reply in callback', () => {
    const { net, caller, callee } = two();
    const onReply = program().addToHeap(1n).reply('second');
    const written = relay({ to: callee, arg: program().reply(), onReply }).reply('first');
    expect(net.runText(caller, written)).toBe('first');
    net.network.run();
    expect(net.lookNumbers(caller, counter)).toEqual([0n]);
  });

  test('partial reply', () => {
    const { net, caller, callee } = two();
    // What was appended before the call is gone when the callback replies.
    const written = program()
      .append('before ')
      .followedBy(relay({ to: callee, arg: program().reply(), onReply: program().reply('after') }));
    expect(net.runText(caller, written)).toBe('after');
  });

  test('cleanup not executed when reply callback does not trap', () => {
    const { net, caller, callee } = two();
    net.run(caller, relay({ to: callee, arg: program().reply(), onCleanup: program().addToHeap(1n) }));
    expect(net.lookNumbers(caller, counter)).toEqual([0n]);
  });

  test('cleanup not executed when reject callback does not trap', () => {
    const { net, caller, callee } = two();
    net.run(caller, relay({ to: callee, arg: program().reject('no'), onCleanup: program().addToHeap(1n) }));
    expect(net.lookNumbers(caller, counter)).toEqual([0n]);
  });

  test('cleanup of a reject callback that trapped sees the code of the reject', () => {
    const { net, caller, callee } = two();
    const onCleanup = program().system('msg_reject_code').keepResult();
    const call = { to: callee, arg: program().reject('no'), onReject: program().trap('x'), onCleanup };
    net.rejection(() => net.run(caller, relay(call)));
    expect(net.lookNumbers(caller, counter)).toEqual([4n]);
  });
});

describe('two callbacks', () => {
  /** The first call's callback, then the second's. */
  function afterBoth(first: Program, second: Program) {
    const { net, caller, callee } = two();
    const call = { to: callee, arg: program().reply() };
    return () =>
      net.runText(
        caller,
        program()
          .call({ ...call, onReply: first })
          .call({ ...call, onReply: second }),
      );
  }
  const refusal = (attempt: () => unknown) => new TestNetwork().rejection(attempt);

  test('reply after trap', () => {
    expect(afterBoth(program().trap('first'), program().reply('good'))()).toBe('good');
  });

  test('trap after reply', () => {
    expect(afterBoth(program().reply('good'), program().trap('second'))()).toBe('good');
  });

  test('both trap', () => {
    const { errorCode, rejectMessage } = refusal(
      afterBoth(program().trap('first'), program().trap('second')),
    );
    expect(errorCode).toBe('IC0503');
    expect(rejectMessage).toContain("message: 'second'");
  });

  test('neither replies', () => {
    expect(refusal(afterBoth(program(), program())).errorCode).toBe('IC0506');
  });
});

describe('stable memory', () => {
  test.each(['32', '64'])('%s bit: grows, holds what is written, and outlives an upgrade only', (width) => {
    const net = new TestNetwork();
    const id = net.canister();
    const prefix = width === '32' ? 'stable' : 'stable64';
    const size = program().system(`${prefix}_size`).appendNumber('lastResult').reply();
    const growth = program().system(`${prefix}_grow`, 1).appendNumber('lastResult').reply();
    expect([net.runNumbers(id, size), net.runNumbers(id, growth), net.runNumbers(id, growth)]).toEqual([
      [0n],
      [0n],
      [1n],
    ]);
    expect(net.runNumbers(id, size)).toEqual([2n]);
    net.run(id, program().writeScratch('kept').system(`${prefix}_write`, 65_534, scratch.address, 4).reply());
    const read = program().system(`${prefix}_read`, scratch.address, 65_534, 4).appendScratch(4).reply();
    expect(new TextDecoder().decode(net.look(id, read))).toBe('kept');
    net.rejection(() => net.run(id, program().system(`${prefix}_write`, 65_534, 0, 4).trap('undone')));
    expect(new TextDecoder().decode(net.look(id, read))).toBe('kept');
    expect(
      net.rejection(() => net.run(id, program().system(`${prefix}_read`, 0, 131_070, 4))).rejectMessage,
    ).toContain('stable memory out of bounds');
  });
});
