import type { Principal } from '@dfinity/principal';
import { describe, expect, test } from 'vitest';
import { managementCanisterId } from '../../src/localnet/index.ts';
import { program, type Program } from './support/program.ts';
import { TestNetwork, user } from './support/test-network.ts';

const look = (to: Principal, arg: Program, onReply: Program, onReject?: Program) =>
  program().call({ to, method: 'look', arg, onReply, ...(onReject && { onReject }) });

/** A composite query that asks its way down through the canisters, each asking the next one. */
function chain([first, ...others]: readonly Principal[]): Program {
  if (first === undefined) return program().reply('bottom');
  return program().call({
    to: first,
    method: 'compose',
    arg: chain(others),
    onReply: program().appendArgument().reply(),
    onReject: program().appendRejectMessage().reply(),
  });
}

describe('a composite query', () => {
  test('answers by itself', () => {
    const net = new TestNetwork();
    expect(net.composeText(net.canister(), program().reply('mine'))).toBe('mine');
  });

  test('asks query and composite query methods of other canisters, as their caller', () => {
    const net = new TestNetwork();
    const [asker, asked] = [net.canister(), net.canister()];
    const tellCaller = program().appendCaller().reply();
    const passOn = program().appendArgument().reply();
    expect(net.compose(asker, look(asked, tellCaller, passOn))).toEqual(asker.toUint8Array());
    const deeper = program().call({ to: asked, method: 'compose', arg: tellCaller, onReply: passOn });
    expect(net.compose(asker, deeper)).toEqual(asker.toUint8Array());
  });

  test('sees in its callbacks who asked it, and what it changed before', () => {
    const net = new TestNetwork();
    const [asker, asked] = [net.canister(), net.canister()];
    const second = look(
      asked,
      program().reply(),
      program().addToHeap(1n).appendNumber('heapCounter').reply(),
    );
    const written = program()
      .addToHeap(3n)
      .call({ to: asked, method: 'look', arg: program().reply(), onReply: program().addToHeap(2n) })
      .call({
        to: asked,
        method: 'look',
        arg: program().reply(),
        onReply: program().call({
          to: asked,
          method: 'look',
          arg: program().reply(),
          onReply: program().appendNumber('heapCounter').appendCaller().reply(),
        }),
      });
    const answer = net.compose(asker, written);
    expect(new DataView(answer.buffer, answer.byteOffset).getBigUint64(0, true)).toBe(5n);
    expect(answer.slice(8)).toEqual(user.toUint8Array());
    expect(net.composeNumbers(asker, second)).toEqual([1n]);
  });

  test('leaves nothing behind in any canister it reached', () => {
    const net = new TestNetwork();
    const [asker, asked] = [net.canister(), net.canister()];
    const change = program().addToHeap(1n).growStable(1n).growHeap(3).reply();
    const before = net.network.checkpoint().state.canisters;
    net.compose(
      asker,
      program().addToHeap(1n).growHeap(2).call({ to: asked, method: 'look', arg: change, onReply: change }),
    );
    const after = net.network.checkpoint().state.canisters;
    for (const [key, canister] of before) expect(after.get(key)).toEqual(canister);
    const counters = program().appendNumber('heapCounter').appendNumber('heapSize').reply();
    expect(net.lookNumbers(asker, counters)).toEqual([0n, 1n]);
    expect(net.lookNumbers(asked, counters)).toEqual([0n, 1n]);
  });

  test('that asks itself, or a canister above it, finds that one as it is committed', () => {
    const net = new TestNetwork();
    const asker = net.canister();
    const passOn = program().appendArgument().appendNumber('heapCounter').reply();
    const written = program()
      .addToHeap(7n)
      .call({
        to: asker,
        method: 'compose',
        arg: program().appendNumber('heapCounter').reply(),
        onReply: passOn,
      });
    expect(net.composeNumbers(asker, written)).toEqual([0n, 7n]);
  });

  test('answers with its first answer and drops the calls it has not made yet', () => {
    const net = new TestNetwork();
    const [asker, asked] = [net.canister(), net.canister()];
    const written = look(asked, program().reply(), program().reply('first')).call({
      to: asked,
      method: 'look',
      arg: program().reply(),
      onReply: program().reply('second'),
    });
    expect(net.composeText(asker, written)).toBe('first');
  });

  test('has its calls rejected as an update has, and may go on', () => {
    const net = new TestNetwork();
    const [asker, asked] = [net.canister(), net.canister()];
    const tell = program().appendNumber('rejectCode').appendRejectMessage().reply();
    const textOf = (call: Parameters<Program['call']>[0]): string => {
      const answer = net.compose(
        asker,
        program().call({ ...call, onReply: program().reply(), onReject: tell }),
      );
      return `${String(answer[0])} ${new TextDecoder().decode(answer.slice(8))}`;
    };
    expect(textOf({ to: user })).toMatch(/^3 IC0301: Canister \S+ not found\.$/);
    expect(textOf({ to: asked, method: 'run' })).toMatch(/^5 IC0536: .* has no query method 'run'\.\./);
    expect(textOf({ to: asked, method: 'look', arg: program().reject('no') })).toBe('4 no');
    expect(textOf({ to: asked, method: 'look', arg: program().trap('broken') })).toMatch(
      /^5 IC0503: .*'broken'/,
    );
    expect(textOf({ to: asked, method: 'look', arg: program() })).toBe(
      `5 IC0506: Canister ${asked.toText()} did not produce a response`,
    );
    net.management.stopCanister(asked);
    expect(textOf({ to: asked, method: 'look' })).toMatch(/^5 IC0508: .* is not running$/);
  });

  test('asks the management canister what queries may', () => {
    const net = new TestNetwork();
    const asker = net.canister();
    const call = { to: managementCanisterId, method: 'raw_rand', onReply: program().reply('?') };
    const rejected = program().call({ ...call, onReject: program().appendRejectMessage().reply() });
    expect(net.composeText(asker, rejected)).toContain('raw_rand');
  });

  test('runs the cleanup of a callback that trapped, and fails with the trap when nothing else answers', () => {
    const net = new TestNetwork();
    const [asker, asked] = [net.canister(), net.canister()];
    const trapping = {
      to: asked,
      method: 'look',
      arg: program().reply(),
      onReply: program().addToHeap(9n).trap('late'),
    };
    const { rejectMessage } = net.rejection(() => net.compose(asker, program().call(trapping)));
    expect(rejectMessage).toContain("with message: 'late'");
    const both = program()
      .call({ ...trapping, onCleanup: program().addToHeap(1n) })
      .call({
        to: asked,
        method: 'look',
        arg: program().reply(),
        onReply: program().appendNumber('heapCounter').reply(),
      });
    expect(net.composeNumbers(asker, both)).toEqual([1n]);
    const failing = program().call({ ...trapping, onCleanup: program().trap('cleanup too') });
    expect(net.rejection(() => net.compose(asker, failing)).rejectMessage).toMatch(
      /'late'\n\ncall_on_cleanup also failed:\n\n.*'cleanup too'$/,
    );
  });

  test('cannot attach cycles, and pays nothing', () => {
    const net = new TestNetwork();
    const asker = net.canister();
    const balance = net.network.canister(asker).cycles;
    const { rejectMessage } = net.rejection(() =>
      net.compose(asker, program().call({ to: asker, cycles: 1n })),
    );
    expect(rejectMessage).toContain('"ic0_call_cycles_add128" cannot be executed in composite query mode');
    net.compose(asker, look(asker, program().reply(), program().reply()));
    expect(net.network.canister(asker).cycles).toBe(balance);
  });

  test('of a frozen canister is refused', () => {
    const net = new TestNetwork();
    const id = net.canister({ cycles: 100_000_000_000_000n });
    net.management.updateSettings(id, { freezing_threshold: 10n ** 15n });
    expect(net.rejection(() => net.compose(id, program().reply()))).toMatchObject({
      errorCode: 'IC0207',
      rejectMessage:
        `Canister ${id.toText()} is unable to process query calls because it's frozen. ` +
        'Please top up the canister with cycles and try again.',
    });
    // What is not there is missed first.
    const missing = { sender: user, canisterId: id, method: 'missing', arg: new Uint8Array() };
    expect(net.rejection(() => net.network.query(missing)).errorCode).toBe('IC0536');
  });

  test('cannot be called as an update, by a user or by a canister', () => {
    const net = new TestNetwork();
    const id = net.canister();
    const call = { sender: user, canisterId: id, method: 'compose', arg: program().reply().bytes };
    expect(net.rejection(() => net.network.update(call))).toMatchObject({
      rejectCode: 5,
      errorCode: 'IC0527',
      rejectMessage: 'Composite query cannot be called in replicated mode',
    });
    const reply = net.runText(
      net.canister(),
      program().call({ to: id, method: 'compose', onReject: program().appendRejectMessage().reply() }),
    );
    expect(reply).toBe('IC0527: Composite query cannot be called in replicated mode');
  });
});

describe('the limits of a composite query', () => {
  test('six canisters can be in the middle of asking, not seven', () => {
    const net = new TestNetwork();
    const canisters = Array.from({ length: 7 }, () => net.canister());
    const [root, ...others] = canisters as [Principal, ...Principal[]];
    expect(net.composeText(root, chain(others))).toBe('bottom');
    const error = net.rejection(() => net.compose(root, chain([...others, root])));
    expect(error).toMatchObject({
      errorCode: 'IC0525',
      rejectMessage: 'Composite query calls exceeded the maximum call depth.',
    });
  });

  test('a loop is nothing but a deep chain', () => {
    const net = new TestNetwork();
    const [one, other] = [net.canister(), net.canister()] as const;
    expect(net.composeText(one, chain([other, one, other]))).toBe('bottom');
    const loop = () => net.compose(one, chain([other, one, other, one, other, one, other]));
    expect(net.rejection(loop).errorCode).toBe('IC0525');
  });

  test('all queries together may use as many instructions as one', () => {
    const net = new TestNetwork({ instructionLimits: { query: 250_000_000n } });
    const [asker, asked] = [net.canister(), net.canister()];
    const spin = program().spin(10_000_000).reply();
    const ask = (times: number): Program =>
      times === 0 ? program().reply('done') : look(asked, spin, ask(times - 1));
    // Each call: 50 million and what the loop takes.
    expect(net.composeText(asker, ask(2))).toBe('done');
    expect(net.rejection(() => net.compose(asker, ask(3)))).toMatchObject({
      errorCode: 'IC0526',
      rejectMessage: 'Composite query calls exceeded the instruction limit.',
    });
    const endless = look(asked, program().loopForever(), program().reply(), program().reply());
    expect(net.rejection(() => net.compose(asker, endless)).errorCode).toBe('IC0526');
    expect(net.rejection(() => net.compose(asker, program().loopForever())).errorCode).toBe('IC0522');
  });
});

describe('the data certificate', () => {
  const certificate = new TextEncoder().encode('certificate');
  const present = program().system('data_certificate_present').appendNumber('lastResult').reply();
  const whole = program().appendSystemBlob('data_certificate', certificate.length).reply();

  test('is shown to the query and the composite query a user asks', () => {
    const net = new TestNetwork();
    const id = net.canister();
    expect(net.composeNumbers(id, present)).toEqual([0n]);
    const call = { sender: user, canisterId: id, dataCertificate: () => certificate };
    expect(net.network.query({ ...call, method: 'look', arg: whole.bytes })).toEqual(certificate);
    expect(net.compose(id, whole, certificate)).toEqual(certificate);
  });

  test('is not shown to what a composite query asks, nor to its callbacks', () => {
    const net = new TestNetwork();
    const [asker, asked] = [net.canister(), net.canister()];
    const passOn = program()
      .appendArgument()
      .system('data_certificate_present')
      .appendNumber('lastResult')
      .reply();
    const answer = net.compose(asker, look(asked, present, passOn), certificate);
    expect([...answer]).toEqual(new Array(16).fill(0));
  });

  test('is not there in replicated execution, where reading it is a violation', () => {
    const net = new TestNetwork();
    const id = net.canister();
    expect(net.runNumbers(id, present)).toEqual([0n]);
    const arg = present;
    const called = program().call({
      to: id,
      method: 'look',
      arg,
      onReply: program().appendArgument().reply(),
    });
    expect(net.runNumbers(id, called)).toEqual([0n]);
    expect(net.rejection(() => net.run(id, whole)).rejectMessage).toContain(
      '"ic0_data_certificate_copy" cannot be executed in update mode',
    );
    expect(net.rejection(() => net.look(id, whole)).errorCode).toBe('IC0504');
  });
});
