import { describe, expect, test } from 'vitest';
import { program, type Program } from '../support/program.ts';
import { scratch } from '../support/programmable-canister.ts';
import { TestNetwork } from '../support/test-network.ts';

const last = (written: Program): Program => written.appendNumber('lastResult').reply();
const tooMuch = 2n ** 64n;
const trillion = 10n ** 12n;

/* What modules could import before cycles had 128 bits and stable memory 64. */
describe('a cycles function of 64 bits', () => {
  test('says what its 128-bit sister says', () => {
    const net = new TestNetwork();
    const id = net.canister({ cycles: 3n * trillion });
    const old = program().system('canister_cycle_balance').appendNumber('lastResult');
    const [before, now] = net.lookNumbers(id, old.appendNumber('balance').reply());
    expect(before).toBe(now);
    expect(now).toBe(net.network.canister(id).cycles);
  });

  test('traps when the balance does not fit, and only then', () => {
    const net = new TestNetwork();
    const rich = net.canister({ cycles: 2n * tooMuch });
    const balance = last(program().system('canister_cycle_balance'));
    expect(net.rejection(() => net.look(rich, balance))).toMatchObject({
      errorCode: 'IC0502',
      rejectMessage: expect.stringContaining(
        'Canister trapped: cycles amount exceeds 64-bit representation',
      ) as string,
    });
    const fits = net.canister({ cycles: trillion });
    expect(net.lookNumbers(fits, balance)[0]).toBe(net.network.canister(fits).cycles);
  });

  test('takes, attaches and returns amounts', () => {
    const net = new TestNetwork();
    const [caller, callee] = [net.canister(), net.canister()];
    const arg = program()
      .system('msg_cycles_available')
      .appendNumber('lastResult')
      .system('msg_cycles_accept', 30)
      .appendNumber('lastResult')
      .reply();
    const onReply = program()
      .appendArgument()
      .system('msg_cycles_refunded')
      .appendNumber('lastResult')
      .reply();
    const attached = program().call({ to: callee, arg, onReply, cycles: 100n });
    expect(net.runNumbers(caller, attached)).toEqual([100n, 30n, 70n]);
  });

  test('traps when what is attached or refunded does not fit', () => {
    const net = new TestNetwork();
    const [caller, callee] = [net.canister({ cycles: 3n * tooMuch }), net.canister()];
    const send = (arg: Program, onReply: Program, onReject: Program) => {
      // Attached by hand: the programs' own opcode knows 64 bits only.
      const id = callee.toUint8Array();
      const at = scratch.address;
      return program()
        .writeScratch(Buffer.concat([id, Buffer.from('run'), arg.bytes]))
        .abandonCall({ to: callee, onReply, onReject })
        .system('call_data_append', at + id.length + 3, arg.bytes.length)
        .system('call_cycles_add128', 1, 0)
        .system('call_perform');
    };
    const inCallee = send(
      program().system('msg_cycles_available').reply('fits'),
      program().reply('fits'),
      program().appendRejectMessage().reply(),
    );
    expect(net.runText(caller, inCallee)).toContain('cycles amount exceeds 64-bit representation');
    const inCallback = send(
      program().reply(),
      program().system('msg_cycles_refunded').reply('fits'),
      program(),
    );
    expect(net.rejection(() => net.run(caller, inCallback)).rejectMessage).toContain(
      'cycles amount exceeds 64-bit representation',
    );
  });
});

describe('a stable memory function of 32 bits', () => {
  test('works on the same memory as those of 64 bits', () => {
    const net = new TestNetwork();
    const id = net.canister();
    const written = program()
      .system('stable_grow', 2)
      .appendNumber('lastResult')
      .writeScratch('stable')
      .system('stable_write', 65_530, scratch.address, 6)
      .writeScratch('......')
      .system('stable64_read', scratch.address, 65_530, 6)
      .appendScratch(6)
      .reply();
    const answer = net.run(id, written);
    expect(new TextDecoder().decode(answer.slice(8))).toBe('stable');
    const read = program().system('stable_read', scratch.address, 65_532, 4).appendScratch(4).reply();
    expect(new TextDecoder().decode(net.look(id, read))).toBe('able');
    expect(net.lookNumbers(id, last(program().system('stable_size')))).toEqual([2n]);
  });

  test('traps outside of the memory', () => {
    const net = new TestNetwork();
    const id = net.canister({ init: program().growStable(1n) });
    for (const name of ['stable_read', 'stable_write']) {
      const outside = program().system(name, ...(name === 'stable_read' ? [0, 65_535, 2] : [65_535, 0, 2]));
      expect(net.rejection(() => net.run(id, outside)).rejectMessage).toContain(
        'stable memory out of bounds',
      );
    }
  });

  test('grows to 4 GiB and no further; behind that it traps', () => {
    const net = new TestNetwork();
    const pages = 65_536;
    const id = net.canister();
    const grow = (by: number) => net.runNumbers(id, last(program().system('stable_grow', by)))[0];
    expect(grow(pages + 1)).toBe(0xffff_ffffn);
    expect(grow(pages)).toBe(0n);
    expect(grow(1)).toBe(0xffff_ffffn);
    expect(net.runNumbers(id, last(program().system('stable_size')))).toEqual([BigInt(pages)]);
    net.run(id, program().growStable(1n).reply());
    const attempts = [
      program().system('stable_size'),
      program().system('stable_grow', 0),
      program().system('stable_read', 0, 0, 0),
      program().system('stable_write', 0, 0, 0),
    ];
    for (const attempt of attempts) {
      expect(net.rejection(() => net.run(id, attempt)).rejectMessage).toContain(
        'Canister trapped: 32 bit stable memory api used on a memory larger than 4GB',
      );
    }
    expect(net.runNumbers(id, last(program().system('stable64_size')))).toEqual([BigInt(pages) + 1n]);
  });
});
