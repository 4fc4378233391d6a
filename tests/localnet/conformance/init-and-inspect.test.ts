import { Principal } from '@dfinity/principal';
import { describe, expect, test } from 'vitest';
import { defaultInstructionLimits } from '../../../src/localnet/limits.ts';
import { prepareUpload } from '../../../src/localnet/wasm/index.ts';
import { program, type Program } from '../support/program.ts';
import { programmableCanister, scratch } from '../support/programmable-canister.ts';
import { TestNetwork, user } from '../support/test-network.ts';

/* Groups 'trapping in init' and 'canister_inspect_message' of ic-ref-test, and what stands beside them. */

const counter = program().appendNumber('heapCounter').reply();
const at = scratch.address;

describe('init', () => {
  /** Keeps the first eight bytes of what `x_copy` shows as the heap counter. */
  const keepBlob = (name: string, bytes: number) =>
    program().growStable(1n).system(`${name}_copy`, at, 0, bytes).system('stable64_write', 0, at, bytes);
  const stable = (bytes: number) =>
    program().system('stable64_read', at, 0, bytes).appendScratch(bytes).reply();

  test('caller (in init)', () => {
    const net = new TestNetwork();
    const { length } = user.toUint8Array();
    const id = net.canister({ init: keepBlob('msg_caller', length) });
    expect(net.look(id, stable(length))).toEqual(user.toUint8Array());
  });

  test('self (in init)', () => {
    const net = new TestNetwork();
    const id = net.canister({ init: keepBlob('canister_self', 10) });
    expect(net.look(id, stable(10))).toEqual(id.toUint8Array());
  });

  const trapping: [string, Program, string][] = [
    ['explicit trap', program().trap('trapping in init'), 'IC0503'],
    ['call', program().system('call_new', 0, 0, 0, 0, 0, 0, 0, 0), 'IC0504'],
    ['reply', program().reply(), 'IC0504'],
    ['reject', program().reject('no'), 'IC0504'],
  ];
  test.each(trapping)('trapping in init: %s', (_name, init, errorCode) => {
    const net = new TestNetwork();
    const id = net.management.createCanister();
    const attempt = () => {
      net.management.installCode(id, { module: programmableCanister(), arg: init.bytes });
    };
    expect(net.rejection(attempt).errorCode).toBe(errorCode);
    expect(net.network.canister(id).moduleHash).toBeUndefined();
    const call = () => net.run(id, program().reply());
    expect(net.rejection(call)).toMatchObject({ rejectCode: 5, errorCode: 'IC0537' });
  });

  test('(start) function runs before init, also for an upgrade, and what it does stays', () => {
    const net = new TestNetwork();
    const start = program().addToHeap(1n);
    const id = net.canister({ start, init: program().addToHeap(10n) });
    expect(net.lookNumbers(id, counter)).toEqual([11n]);
    net.run(id, program().addToHeap(100n).reply());
    const module = programmableCanister({ start: program().addToHeap(2n) });
    net.management.installCode(id, { mode: 'upgrade', module });
    expect(net.lookNumbers(id, counter)).toEqual([2n]);
  });

  test('(start) function that traps fails the installation; without one there is nothing to run', () => {
    const net = new TestNetwork();
    const id = net.management.createCanister();
    const install = (start?: Program) => () => {
      net.management.installCode(id, { module: programmableCanister(start === undefined ? {} : { start }) });
    };
    expect(net.rejection(install(program().trap('at the start'))).errorCode).toBe('IC0503');
    expect(net.rejection(install(program().system('time'))).rejectMessage).toContain(
      '"ic0_time" cannot be executed in start mode',
    );
    install()();
    expect(net.lookNumbers(id, counter)).toEqual([0n]);
  });

  test('the hooks of an installation share 300 billion instructions with the compilation', () => {
    const spin = program().spin(1_000_000);
    const module = programmableCanister({ start: spin });
    const compilation = BigInt(prepareUpload(module).prepared.instructionCount) * 6_000n;
    const measuring = new TestNetwork();
    const measured = program().spin(1_000_000).appendNumber('instructions').reply();
    const [hook = 0n] = measuring.runNumbers(measuring.canister(), measured);
    const outcome = (install: bigint) => {
      const net = new TestNetwork({ instructionLimits: { install } });
      const id = net.management.createCanister();
      return net.rejection(() => {
        net.management.installCode(id, { module, arg: program().spin(1_000_000).trap('done').bytes });
      }).errorCode;
    };
    // Enough for the start function and init, and for one of them only.
    expect(outcome(compilation + (hook * 5n) / 2n)).toBe('IC0503');
    expect(outcome(compilation + (hook * 3n) / 2n)).toBe('IC0522');
    expect(defaultInstructionLimits.install).toBe(300_000_000_000n);
  });
});

describe('canister_inspect_message', () => {
  function inspected(inspect: Program) {
    const net = new TestNetwork();
    const id = net.canister({ inspectMessage: true, init: program().store('inspectMessage', inspect) });
    const submit = (method = 'run', arg = program().reply('in')) =>
      net.network.update({ sender: user, canisterId: id, method, arg: arg.bytes });
    return { net, id, submit, refusal: () => net.rejection(submit) };
  }
  const accepted = (submit: () => Uint8Array) => new TextDecoder().decode(submit());

  test('empty canister', () => {
    const net = new TestNetwork();
    const id = net.management.createCanister();
    expect(net.rejection(() => net.run(id, program().reply())).errorCode).toBe('IC0537');
  });

  test('accept all', () => {
    expect(accepted(inspected(program().acceptMessage()).submit)).toBe('in');
  });

  test('no accept_message', () => {
    const { id, refusal } = inspected(program());
    expect(refusal()).toMatchObject({
      rejectCode: 4,
      errorCode: 'IC0406',
      rejectMessage: `Error from Canister ${id.toText()}: Canister rejected the message`,
    });
  });

  test('two calls to accept_message', () => {
    const { rejectMessage } = inspected(program().acceptMessage().acceptMessage()).refusal();
    expect(rejectMessage).toContain('ic0.accept_message: the function was already called.');
  });

  test('trap', () => {
    expect(inspected(program().acceptMessage().trap('no way')).refusal()).toMatchObject({
      rejectCode: 5,
      errorCode: 'IC0503',
    });
  });

  test('method_name correct', () => {
    const name = (length: number) => program().system('msg_method_name_size').acceptIfResult(length);
    expect(accepted(inspected(name('run'.length)).submit)).toBe('in');
    expect(inspected(name('other'.length)).refusal().errorCode).toBe('IC0406');
    // Every method is asked about, also one that does not exist.
    const { net, submit } = inspected(name('absent'.length));
    expect(net.rejection(() => submit('absent')).errorCode).toBe('IC0536');
  });

  test('caller correct', () => {
    const caller = (length: number) => program().system('msg_caller_size').acceptIfResult(length);
    expect(accepted(inspected(caller(user.toUint8Array().length)).submit)).toBe('in');
    const { net, id } = inspected(caller(user.toUint8Array().length));
    const sender = Principal.anonymous();
    const arg = program().reply().bytes;
    const anonymous = () => net.network.update({ sender, canisterId: id, method: 'run', arg });
    expect(net.rejection(anonymous).errorCode).toBe('IC0406');
  });

  test('arg correct', () => {
    const { length } = program().reply('in').bytes;
    const argument = (bytes: number) => program().system('msg_arg_data_size').acceptIfResult(bytes);
    expect(accepted(inspected(argument(length)).submit)).toBe('in');
    expect(inspected(argument(length + 1)).refusal().errorCode).toBe('IC0406');
  });

  test('cannot change anything, call or answer', () => {
    const { net, id, submit } = inspected(program().addToHeap(1n).growStable(1n).acceptMessage());
    submit();
    expect(net.lookNumbers(id, counter)).toEqual([0n]);
    expect(inspected(program().reply()).refusal().rejectMessage).toContain(
      '"ic0_msg_reply" cannot be executed in inspect message mode',
    );
  });

  test('may use 200 million instructions', () => {
    expect(inspected(program().loopForever()).refusal()).toMatchObject({
      errorCode: 'IC0522',
      rejectMessage: expect.stringContaining('exceeded the limit of 200000000 instructions') as string,
    });
  });

  test('is not asked about queries and calls of canisters', () => {
    const { net, id } = inspected(program());
    expect(net.lookNumbers(id, counter)).toEqual([0n]);
    const caller = net.canister();
    const call = program().call({
      to: id,
      arg: program().reply('in'),
      onReply: program().appendArgument().reply(),
    });
    expect(net.runText(caller, call)).toBe('in');
  });
});
