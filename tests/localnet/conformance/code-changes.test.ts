import { describe, expect, test } from 'vitest';
import { program, type Program } from '../support/program.ts';
import { programmableCanister } from '../support/programmable-canister.ts';
import { TestNetwork } from '../support/test-network.ts';

/** A canister with 5 in its heap, 6 in stable memory and `before` certified. */
function setup(extra: Program = program()) {
  const net = new TestNetwork();
  const id = net.canister();
  net.run(id, program().addToHeap(5n).growStable(1n).writeStable(6n).certify('before').reply());
  net.run(id, extra.reply());
  const install = (mode: 'upgrade' | 'reinstall', arg: Program = program()) => {
    const module = programmableCanister({ variant: 1 });
    net.management.installCode(id, { mode, module, arg: arg.bytes });
  };
  const memories = () =>
    net.lookNumbers(
      id,
      program().appendNumber('heapCounter').appendNumber('stableSize').appendNumber('stableCounter').reply(),
    );
  const certified = () => new TextDecoder().decode(net.network.canister(id).certifiedData);
  return { net, id, install, memories, certified };
}

function expectUnchanged({ memories, certified, net, id }: ReturnType<typeof setup>): void {
  expect(memories()).toEqual([5n, 1n, 6n]);
  expect(certified()).toBe('before');
  expect(net.network.canister(id).totalChanges).toBe(2n);
}

describe('upgrades', () => {
  test('succeeding', () => {
    const { install, memories, certified } = setup(program().store('preUpgrade', program().writeStable(7n)));
    install('upgrade');
    expect(memories()).toEqual([0n, 1n, 7n]);
    expect(certified()).toBe('before');
  });

  const failing: [string, Program, Program][] = [
    ['trapping in pre-upgrade', program().writeStable(9n).certify('x').trap('no'), program()],
    ['trapping in pre-upgrade (by calling)', program().system('call_perform'), program()],
    ['trapping in pre-upgrade (by accessing arg)', program().system('msg_arg_data_size'), program()],
    ['trapping in post-upgrade', program(), program().writeStable(9n).certify('x').trap('no')],
    ['trapping in post-upgrade (by calling)', program(), program().system('call_perform')],
  ];
  test.each(failing)('%s', (_case, preUpgrade, postUpgrade) => {
    const canister = setup(program().store('preUpgrade', preUpgrade));
    expect(
      canister.net.rejection(() => {
        canister.install('upgrade', postUpgrade);
      }).rejectCode,
    ).toBe(5);
    expectUnchanged(canister);
  });
});

describe('reinstall', () => {
  test('succeeding', () => {
    const { install, memories, certified } = setup();
    install('reinstall', program().addToHeap(3n));
    expect(memories()).toEqual([3n, 0n, 0n]);
    expect(certified()).toBe('');
  });

  test('trapping', () => {
    const canister = setup();
    expect(
      canister.net.rejection(() => {
        canister.install('reinstall', program().addToHeap(3n).trap('no'));
      }).errorCode,
    ).toBe('IC0503');
    expectUnchanged(canister);
  });

  test('purges the log, as uninstalling does; an upgrade keeps it', () => {
    const { net, id, install } = setup(program().print('first'));
    install('upgrade', program().print('second'));
    expect(net.network.canister(id).log).toEqual(['first', 'second']);
    install('reinstall', program().print('third'));
    expect(net.network.canister(id).log).toEqual(['third']);
    net.management.uninstallCode(id);
    expect(net.network.canister(id).log).toEqual([]);
  });
});

describe('trapping in init', () => {
  test.each([
    ['explicit trap', program().trap('no')],
    ['call', program().system('call_perform')],
    ['reply', program().reply()],
    ['reject', program().reject('no')],
  ])('%s', (_case, arg) => {
    const net = new TestNetwork();
    const id = net.management.createCanister();
    const install = () => {
      net.management.installCode(id, { module: programmableCanister(), arg: arg.bytes });
    };
    expect(net.rejection(install).rejectCode).toBe(5);
    expect(net.network.canister(id)).toMatchObject({ moduleHash: undefined, version: 0n, totalChanges: 1n });
  });
});

describe('certified variables', () => {
  /** What is certified after a program ran in an update call. */
  function after(change: Program): string {
    const { net, id, certified } = setup();
    try {
      net.run(id, change.reply());
    } catch {
      // What a failed program certified is looked at, too.
    }
    return certified();
  }

  test('initially empty', () => {
    const net = new TestNetwork();
    expect(net.network.canister(net.canister()).certifiedData).toEqual(new Uint8Array());
  });

  test('set and get', () => {
    expect(after(program().certify('A'))).toBe('A');
  });

  test('set twice', () => {
    expect(after(program().certify('A').certify('B'))).toBe('B');
  });

  test('set then trap', () => {
    expect(after(program().certify('A').trap('no'))).toBe('before');
  });

  test('too large traps, old value retained', () => {
    expect(after(program().certify('x'.repeat(33)))).toBe('before');
    expect(after(program().certify('x'.repeat(32)))).toBe('x'.repeat(32));
  });

  test('set in init', () => {
    const net = new TestNetwork();
    const id = net.canister({ init: program().certify('FOO') });
    expect(new TextDecoder().decode(net.network.canister(id).certifiedData)).toBe('FOO');
  });

  test('set in pre-upgrade', () => {
    const { install, certified } = setup(program().store('preUpgrade', program().certify('FOO')));
    install('upgrade');
    expect(certified()).toBe('FOO');
  });

  test('set in post-upgrade', () => {
    const { install, certified } = setup();
    install('upgrade', program().certify('FOO'));
    expect(certified()).toBe('FOO');
  });

  test('cleared in reinstall', () => {
    const { install, certified } = setup();
    install('reinstall');
    expect(certified()).toBe('');
  });

  test('cleared in uninstall', () => {
    const { net, id, certified } = setup();
    net.management.uninstallCode(id);
    expect(certified()).toBe('');
  });
});
