import { describe, expect, test } from 'vitest';
import { program, type Program } from '../support/program.ts';
import { scratch } from '../support/programmable-canister.ts';
import { TestNetwork, user } from '../support/test-network.ts';

const last = (written: Program): Program => written.appendNumber('lastResult').reply();
const at = scratch.address;

describe('environment variables', () => {
  /** `a=1`, `b=two` and one with no value, set in another order. */
  function withVariables() {
    const net = new TestNetwork();
    const id = net.canister();
    net.management.updateSettings(id, {
      environment_variables: [
        { name: 'empty', value: '' },
        { name: 'b', value: 'two' },
        { name: 'a', value: '1' },
      ],
    });
    const text = (written: Program) => new TextDecoder().decode(net.look(id, written));
    const number = (written: Program) => net.lookNumbers(id, last(written))[0];
    const refusal = (written: Program) => net.rejection(() => net.look(id, written)).rejectMessage;
    return { text, number, refusal };
  }

  test('are numbered in the order of their names', () => {
    const { text, number } = withVariables();
    expect(number(program().system('env_var_count'))).toBe(3n);
    expect(number(program().system('env_var_name_size', 2))).toBe(5n);
    const nameAt = (index: number, size: number) =>
      text(program().system('env_var_name_copy', index, at, 0, size).appendScratch(size).reply());
    expect([nameAt(0, 1), nameAt(1, 1), nameAt(2, 5)]).toEqual(['a', 'b', 'empty']);
  });

  test('are found by name', () => {
    const { text, number } = withVariables();
    const exists = (name: string) =>
      number(program().writeScratch(name).system('env_var_name_exists', at, name.length));
    expect([exists('a'), exists('empty'), exists('c')]).toEqual([1n, 1n, 0n]);
    expect(number(program().writeScratch('b').system('env_var_value_size', at, 1))).toBe(3n);
    expect(number(program().writeScratch('empty').system('env_var_value_size', at, 5))).toBe(0n);
    const part = program()
      .writeScratch('b')
      .system('env_var_value_copy', at, 1, at + 8, 1, 2);
    expect(text(part.appendScratch(10).reply()).slice(8)).toBe('wo');
  });

  test('that do not exist, and names that cannot be, are violations in the replica’s words', () => {
    const { refusal } = withVariables();
    const contract = 'Canister violated contract: ';
    expect(refusal(program().system('env_var_name_size', 3))).toMatch(
      /: Environment variable index 3 is out of bounds\. The number of environment variables is 3\.$/,
    );
    expect(refusal(program().writeScratch('c').system('env_var_value_size', at, 1))).toMatch(
      /: Environment variable c not found\.$/,
    );
    expect(refusal(program().system('env_var_name_exists', at, 129))).toContain(
      `${contract}ic0.env_var_name_exists: Variable name is too large.`,
    );
    const invalid = Uint8Array.of(0xff);
    expect(refusal(program().writeScratch(invalid).system('env_var_value_copy', at, 1, at, 0, 0))).toContain(
      `${contract}ic0.env_var_value_copy: Variable name is not a valid UTF-8 string..\n` +
        'Provide a valid UTF-8 string for the environment variable name.',
    );
    expect(refusal(program().system('env_var_name_copy', 0, at, 1, 1))).toContain('exceeds the slice size');
  });
});

describe('what a canister can ask about where it runs', () => {
  test('its own id, the subnet, how many nodes that has, and the root key', () => {
    const net = new TestNetwork();
    const id = net.canister();
    const ask = (name: string, bytes: number) => net.run(id, program().appendSystemBlob(name, bytes).reply());
    expect(ask('canister_self', 10)).toEqual(id.toUint8Array());
    expect(ask('subnet_self', 29)).toEqual(net.network.subnetId.toUint8Array());
    expect(net.runNumbers(id, last(program().system('subnet_self_node_count')))).toEqual([13n]);
    expect(net.runNumbers(id, last(program().system('root_key_size')))).toEqual([133n]);
    expect(Buffer.from(ask('root_key', 133)).toString('hex')).toMatch(
      /^308182301d060d2b0601040182dc7c05030102/,
    );
  });

  test('what is attested about its caller, in the whole call and in queries, and nothing of other callers', () => {
    const net = new TestNetwork();
    const id = net.canister();
    const senderInfo = { data: Uint8Array.of(1, 2, 3), signer: net.canister() };
    const { length } = senderInfo.signer.toUint8Array();
    const tell = program()
      .appendSystemBlob('msg_caller_info_data', 3)
      .appendSystemBlob('msg_caller_info_signer', length)
      .reply();
    const told = Uint8Array.from([1, 2, 3, ...senderInfo.signer.toUint8Array()]);
    const call = { sender: user, canisterId: id, senderInfo };
    expect(net.network.update({ ...call, method: 'run', arg: tell.bytes })).toEqual(told);
    expect(net.network.query({ ...call, method: 'look', arg: tell.bytes })).toEqual(told);
    expect(net.network.query({ ...call, method: 'compose', arg: tell.bytes })).toEqual(told);
    const inCallback = program().call({ to: id, arg: program().reply(), onReply: tell });
    expect(net.network.update({ ...call, method: 'run', arg: inCallback.bytes })).toEqual(told);
    const sizes = program()
      .system('msg_caller_info_data_size')
      .appendNumber('lastResult')
      .system('msg_caller_info_signer_size')
      .appendNumber('lastResult')
      .reply();
    expect(net.runNumbers(id, sizes)).toEqual([0n, 0n]);
    const askedByCanister = program().call({
      to: id,
      arg: sizes,
      onReply: program().appendArgument().reply(),
    });
    const reply = net.network.update({ ...call, method: 'run', arg: askedByCanister.bytes });
    expect([...reply]).toEqual(new Array(16).fill(0));
  });

  test('only part of a blob at a time, but not beyond its end', () => {
    const net = new TestNetwork();
    const id = net.canister();
    const part = program().system('canister_self_copy', at, 8, 2).appendScratch(2).reply();
    expect(net.run(id, part)).toEqual(id.toUint8Array().slice(8));
    const beyond = program().system('canister_self_copy', at, 9, 2).reply();
    expect(net.rejection(() => net.run(id, beyond)).errorCode).toBe('IC0504');
  });

  test('whether somebody is its controller', () => {
    const net = new TestNetwork();
    const id = net.canister();
    const isController = (principal: Uint8Array) =>
      net.runNumbers(
        id,
        last(program().writeScratch(principal).system('is_controller', at, principal.length)),
      )[0];
    expect(isController(user.toUint8Array())).toBe(1n);
    expect(isController(id.toUint8Array())).toBe(0n);
    expect(isController(new Uint8Array(29))).toBe(0n);
    const tooLong = program().system('is_controller', at, 30);
    expect(net.rejection(() => net.run(id, tooLong)).rejectMessage).toContain(
      'Canister provided invalid principal id',
    );
  });

  test('how much it has worked, by two counters and no third', () => {
    const net = new TestNetwork();
    const id = net.canister();
    const third = program().system('performance_counter', 2);
    expect(net.rejection(() => net.run(id, third)).rejectMessage).toContain(
      'Error getting performance counter type 2',
    );
  });
});

describe('debugging', () => {
  test('prints to the log, and ignores wrong bounds', () => {
    const net = new TestNetwork();
    const id = net.canister();
    const wrong = program().system('debug_print', 65_536, 1).system('debug_print', -1, -1);
    expect(net.runText(id, wrong.print('printed').reply('alive'))).toBe('alive');
    expect(net.network.canister(id).log).toEqual(['printed']);
    expect(new TextDecoder().decode(net.look(id, program().print('in a query').reply('too')))).toBe('too');
    expect(net.network.canister(id).log).toEqual(['printed']);
  });

  test('traps with its text, with none, and with wrong bounds', () => {
    const net = new TestNetwork();
    const id = net.canister();
    expect(net.rejection(() => net.run(id, program().trap('why'))).rejectMessage).toContain("message: 'why'");
    expect(net.rejection(() => net.look(id, program().trap('why'))).errorCode).toBe('IC0503');
    expect(net.rejection(() => net.run(id, program().trap(''))).rejectMessage).toContain(
      "message: '(no message)'",
    );
    expect(net.rejection(() => net.run(id, program().system('trap', 65_536, 1)))).toMatchObject({
      errorCode: 'IC0502',
    });
  });
});
