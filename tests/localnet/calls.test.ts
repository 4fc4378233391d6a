import { Principal } from '@dfinity/principal';
import { describe, expect, test } from 'vitest';
import { program } from './support/program.ts';
import { TestNetwork, user } from './support/test-network.ts';

const counters = () => program().appendNumber('heapCounter').reply();
const answerWithReply = () => program().appendArgument().reply();
const answerWithReject = () => program().appendNumber('rejectCode').appendRejectMessage().reply();

describe('a call to another canister', () => {
  test('brings the reply to the reply callback, as the caller of the context', () => {
    const net = new TestNetwork();
    const [caller, callee] = [net.canister(), net.canister()];
    const onReply = program().appendNumber('rejectCode').appendArgument().appendCaller().reply();
    const reply = net.run(caller, program().call({ to: callee, arg: program().reply('pong'), onReply }));
    expect([...reply]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, ...Buffer.from('pong'), ...user.toUint8Array()]);
  });

  test('commits what was done before it, whatever happens after it', () => {
    const net = new TestNetwork();
    const [caller, callee] = [net.canister(), net.canister()];
    const onReply = program().addToHeap(10n).trap('too late');
    const attempt = program().addToHeap(1n).call({ to: callee, arg: program().reply(), onReply });
    expect(net.rejection(() => net.run(caller, attempt)).errorCode).toBe('IC0503');
    expect(net.lookNumbers(caller, counters())).toEqual([1n]);
  });

  test('is not sent when the execution traps after it', () => {
    const net = new TestNetwork();
    const [caller, callee] = [net.canister(), net.canister()];
    const attempt = program()
      .call({ to: callee, arg: program().addToHeap(1n).reply() })
      .trap('no');
    net.rejection(() => net.run(caller, attempt));
    net.network.run();
    expect(net.lookNumbers(callee, counters())).toEqual([0n]);
  });

  test('that is begun and not performed disappears', () => {
    const net = new TestNetwork();
    const [caller, callee] = [net.canister(), net.canister()];
    const call = { to: callee, arg: program().addToHeap(1n).reply() };
    expect(net.runText(caller, program().abandonCall(call).reply('ok'))).toBe('ok');
    net.network.run();
    expect(net.lookNumbers(callee, counters())).toEqual([0n]);
  });

  test('may go to the canister itself, after the present message', () => {
    const net = new TestNetwork();
    const id = net.canister();
    const inner = program().addToHeap(1n).appendNumber('heapCounter').reply();
    const attempt = program().call({ to: id, arg: inner, onReply: answerWithReply() }).addToHeap(10n);
    expect(net.runNumbers(id, attempt)).toEqual([11n]);
  });

  test('may go to a query method, whose changes are dropped', () => {
    const net = new TestNetwork();
    const [caller, callee] = [net.canister(), net.canister()];
    const arg = program().addToHeap(1n).appendNumber('heapCounter').reply();
    const attempt = program().call({ to: callee, method: 'look', arg, onReply: answerWithReply() });
    expect(net.runNumbers(caller, attempt)).toEqual([1n]);
    expect(net.lookNumbers(callee, counters())).toEqual([0n]);
  });

  test('to one canister is executed in the order of sending', () => {
    const net = new TestNetwork();
    const [caller, callee] = [net.canister(), net.canister()];
    const attempt = program();
    for (const number of [1n, 2n, 3n])
      attempt.call({ to: callee, arg: program().writeStable(number).reply() });
    net.run(callee, program().growStable(1n).reply());
    net.submit(caller, attempt.reply());
    const seen: bigint[] = [];
    while (net.network.step() !== undefined) {
      seen.push(...net.lookNumbers(callee, program().appendNumber('stableCounter').reply()));
    }
    expect(seen.filter((value, index) => value !== seen[index - 1])).toEqual([0n, 1n, 2n, 3n]);
  });
});

describe('a call that fails', () => {
  const rejectOf = (
    net: TestNetwork,
    to: Principal,
    call: { method?: string; arg?: ReturnType<typeof program> },
  ) => {
    const caller = net.canister();
    const reply = net.run(caller, program().call({ to, ...call, onReject: answerWithReject() }));
    return { code: reply[0], text: new TextDecoder().decode(reply.subarray(8)) };
  };

  test('to a canister that does not exist has code 3', () => {
    const net = new TestNetwork();
    const nowhere = Principal.fromText('rrkah-fqaaa-aaaaa-aaaaq-cai');
    expect(rejectOf(net, nowhere, {})).toEqual({
      code: 3,
      text: `IC0301: Canister ${nowhere.toText()} not found.`,
    });
  });

  test('to a method that does not exist has code 5', () => {
    const net = new TestNetwork();
    const answer = rejectOf(net, net.canister(), { method: 'missing' });
    expect(answer.code).toBe(5);
    expect(answer.text).toMatch(/^IC0536: Error from Canister \S+: Canister has no update method 'missing'/);
  });

  test('to a canister that traps has code 5 and its text', () => {
    const net = new TestNetwork();
    const answer = rejectOf(net, net.canister(), { arg: program().trap('ouch') });
    expect(answer.code).toBe(5);
    expect(answer.text).toMatch(
      /^IC0503: Error from Canister \S+: Canister called `ic0.trap` with message: 'ouch'/,
    );
  });

  test('by the callee’s own word has code 4 and exactly its text', () => {
    const net = new TestNetwork();
    const arg = program().reject('busy');
    expect(rejectOf(net, net.canister(), { arg })).toEqual({ code: 4, text: 'busy' });
  });

  test('because the callee never answers has code 5', () => {
    const net = new TestNetwork();
    const callee = net.canister();
    expect(rejectOf(net, callee, { arg: program() })).toEqual({
      code: 5,
      text: `IC0506: Canister ${callee.toText()} did not reply to the call`,
    });
  });

  test('to a stopped or stopping canister has code 5', () => {
    const net = new TestNetwork();
    const callee = net.canister();
    net.management.stopCanister(callee);
    expect(rejectOf(net, callee, {})).toEqual({
      code: 5,
      text: `IC0508: Canister ${callee.toText()} is stopped`,
    });
  });

  test('to an empty canister has code 5', () => {
    const net = new TestNetwork();
    expect(rejectOf(net, net.management.createCanister(), {}).text).toMatch(/^IC0537: /);
  });
});

describe('a callback that traps', () => {
  test('runs its cleanup on the state before it', () => {
    const net = new TestNetwork();
    const [caller, callee] = [net.canister(), net.canister()];
    const onReply = program().addToHeap(100n).trap('in callback');
    const onCleanup = program().addToHeap(1n);
    const attempt = program().call({ to: callee, arg: program().reply(), onReply, onCleanup });
    expect(net.rejection(() => net.run(caller, attempt)).rejectMessage).toContain("'in callback'");
    expect(net.lookNumbers(caller, counters())).toEqual([1n]);
  });

  test('and whose cleanup traps too changes nothing and tells both reasons', () => {
    const net = new TestNetwork();
    const [caller, callee] = [net.canister(), net.canister()];
    const onReply = program().addToHeap(100n).trap('first');
    const onCleanup = program().addToHeap(1n).trap('second');
    const attempt = program().call({ to: callee, arg: program().reply(), onReply, onCleanup });
    const { rejectMessage } = net.rejection(() => net.run(caller, attempt));
    expect(rejectMessage).toMatch(/'first'\n\ncall_on_cleanup also failed:\n\n.*'second'/);
    expect(net.lookNumbers(caller, counters())).toEqual([0n]);
  });

  test('does not run the cleanup of a callback that succeeded', () => {
    const net = new TestNetwork();
    const [caller, callee] = [net.canister(), net.canister()];
    const onReply = program().reply('fine');
    const onCleanup = program().addToHeap(1n);
    const attempt = program().call({ to: callee, arg: program().reply(), onReply, onCleanup });
    expect(net.runText(caller, attempt)).toBe('fine');
    expect(net.lookNumbers(caller, counters())).toEqual([0n]);
  });

  test('may not make calls or reply in the cleanup', () => {
    const net = new TestNetwork();
    const [caller, callee] = [net.canister(), net.canister()];
    const trapping = { to: callee, arg: program().reply(), onReply: program().trap('x') };
    const call = program().call({ ...trapping, onCleanup: program().call({ to: callee }) });
    expect(net.rejection(() => net.run(caller, call)).rejectMessage).toContain(
      '"ic0_call_new" cannot be executed in cleanup mode',
    );
    const reply = program().call({ ...trapping, onCleanup: program().reply() });
    expect(net.rejection(() => net.run(caller, reply)).rejectMessage).toContain(
      '"ic0_msg_reply" cannot be executed in cleanup mode',
    );
  });

  test('does not reject the call while another callback can still answer it', () => {
    const net = new TestNetwork();
    const [caller, callee] = [net.canister(), net.canister()];
    const attempt = program()
      .call({ to: callee, arg: program().reply(), onReply: program().trap('first') })
      .call({ to: callee, arg: program().reply(), onReply: program().reply('second') });
    expect(net.runText(caller, attempt)).toBe('second');
  });

  test('leaves a reply that another callback gave', () => {
    const net = new TestNetwork();
    const [caller, callee] = [net.canister(), net.canister()];
    const attempt = program()
      .call({ to: callee, arg: program().reply(), onReply: program().reply('first') })
      .call({ to: callee, arg: program().reply(), onReply: program().trap('second') });
    expect(net.runText(caller, attempt)).toBe('first');
    net.network.run();
    expect(net.network.canister(caller).openCallContexts).toBe(0);
  });

  test('of every callback rejects the call with the last reason', () => {
    const net = new TestNetwork();
    const [caller, callee] = [net.canister(), net.canister()];
    const attempt = program()
      .call({ to: callee, arg: program().reply(), onReply: program().trap('first') })
      .call({ to: callee, arg: program().reply(), onReply: program().trap('second') });
    expect(net.rejection(() => net.run(caller, attempt)).rejectMessage).toContain("'second'");
  });
});

describe('a canister’s queue', () => {
  test('takes a limited number of open calls to one canister, then call_perform fails', () => {
    const net = new TestNetwork({ queueCapacity: 3 });
    const [caller, callee] = [net.canister(), net.canister()];
    const attempt = program();
    for (let index = 0; index < 4; index += 1) {
      attempt.call({ to: callee, arg: program().reply() }).appendNumber('lastResult');
    }
    expect(net.runNumbers(caller, attempt.reply())).toEqual([0n, 0n, 0n, 2n]);
    net.network.run();
    expect(net.runNumbers(caller, program().call({ to: callee }).appendNumber('lastResult').reply())).toEqual(
      [0n],
    );
  });
});
