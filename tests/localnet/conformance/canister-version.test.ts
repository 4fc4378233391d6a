import { describe, expect, test } from 'vitest';
import { program, type Program } from '../support/program.ts';
import { programmableCanister, type ProgrammableOptions } from '../support/programmable-canister.ts';
import { TestNetwork } from '../support/test-network.ts';

/* Suite 'canister version' of ic-ref-test; names and numbers are its. */

const tell = program().appendNumber('version').reply();
/** For entries that cannot answer: the version becomes the heap counter. */
const keep = program().system('canister_version').keepResult();

class Versioned {
  readonly net = new TestNetwork();
  readonly id;

  constructor(options: ProgrammableOptions & { readonly init?: Program } = {}) {
    this.id = this.net.canister(options);
  }
  get version(): bigint {
    return this.net.network.canister(this.id).version;
  }
  update(written: Program): bigint | undefined {
    return this.net.runNumbers(this.id, written)[0];
  }
  /** What an entry kept. */
  get kept(): bigint | undefined {
    return this.net.lookNumbers(this.id, program().appendNumber('heapCounter').reply())[0];
  }
  install(mode: 'reinstall' | 'upgrade', arg: Program = program()): void {
    const module = programmableCanister({ variant: 1 });
    this.net.management.installCode(this.id, { mode, module, arg: arg.bytes });
  }
  failing(attempt: () => unknown): void {
    this.net.rejection(attempt);
  }
  /** Replies at once and in the callback does this; `callee` is the canister itself. */
  calling(arg: Program, callbacks: { onReply?: Program; onReject?: Program; onCleanup?: Program }): Program {
    return program().call({ to: this.id, method: 'look', arg, ...callbacks });
  }
}

describe('canister version', () => {
  test('in query', () => {
    const { net, id } = new Versioned();
    expect([net.lookNumbers(id, tell), net.lookNumbers(id, tell)]).toEqual([[1n], [1n]]);
    expect(net.composeNumbers(id, tell)).toEqual([1n]);
  });

  test('in replicated query', () => {
    const canister = new Versioned();
    const caller = canister.net.canister();
    const ask = program().call({
      to: canister.id,
      method: 'look',
      arg: tell,
      onReply: program().appendArgument().reply(),
    });
    expect([1, 2, 3].map(() => canister.net.runNumbers(caller, ask)[0])).toEqual([1n, 1n, 1n]);
  });

  test('in update', () => {
    const canister = new Versioned();
    expect([1, 2, 3].map(() => canister.update(tell))).toEqual([1n, 2n, 3n]);
  });

  test('in install', () => {
    const canister = new Versioned({ init: keep });
    expect([canister.kept, canister.version]).toEqual([1n, 1n]);
    expect(canister.net.network.canister(canister.net.management.createCanister()).version).toBe(0n);
  });

  test('in reinstall', () => {
    const canister = new Versioned();
    canister.install('reinstall', keep);
    expect([canister.kept, canister.version]).toEqual([2n, 2n]);
  });

  test('in pre_upgrade', () => {
    const toStable = program().growStable(1n).system('canister_version').keepResult();
    const canister = new Versioned({ init: program().store('preUpgrade', toStable.requireResult(1n)) });
    canister.install('upgrade');
    expect(canister.version).toBe(2n);
    expect(canister.net.lookNumbers(canister.id, program().appendNumber('stableSize').reply())).toEqual([1n]);
  });

  test('in post_upgrade', () => {
    const canister = new Versioned();
    canister.install('upgrade', keep);
    expect([canister.kept, canister.version]).toEqual([2n, 2n]);
  });

  test('in heartbeat', () => {
    const canister = new Versioned({ heartbeat: true, init: program().store('heartbeat', keep) });
    canister.net.network.advanceTime(1);
    canister.net.network.run();
    expect(canister.version).toBe((canister.kept ?? 0n) + 1n);
  });

  test('in global timer', () => {
    const canister = new Versioned({ init: program().store('globalTimer', keep).setTimer(1n) });
    canister.net.network.run();
    expect([canister.kept, canister.version]).toEqual([1n, 2n]);
  });

  test('in reply callback', () => {
    const canister = new Versioned();
    expect(canister.update(canister.calling(program().reply(), { onReply: tell }))).toBe(2n);
    expect(canister.version).toBe(3n);
  });

  test('in reject callback', () => {
    const canister = new Versioned();
    expect(canister.update(canister.calling(program().reject('no'), { onReject: tell }))).toBe(2n);
    expect(canister.version).toBe(3n);
  });

  test('in cleanup', () => {
    const canister = new Versioned();
    const written = canister.calling(program().reply(), { onReply: program().trap('x'), onCleanup: keep });
    canister.failing(() => canister.update(written));
    expect([canister.kept, canister.version]).toEqual([2n, 3n]);
  });

  test('in on_low_wasm_memory', () => {
    const canister = new Versioned({ init: program().store('lowWasmMemory', keep) });
    const settings = { wasm_memory_limit: 10n * 65_536n, wasm_memory_threshold: 10n * 65_536n };
    canister.net.management.updateSettings(canister.id, settings);
    canister.net.network.run();
    expect([canister.kept, canister.version]).toEqual([2n, 3n]);
  });

  test('after uninstall', () => {
    const canister = new Versioned();
    canister.net.management.uninstallCode(canister.id);
    canister.net.management.installCode(canister.id, { module: programmableCanister(), arg: keep.bytes });
    expect([canister.kept, canister.version]).toEqual([3n, 3n]);
  });

  test('after setting controllers, freezing threshold, or nothing', () => {
    const canister = new Versioned();
    for (const settings of [{ controllers: [] }, { freezing_threshold: 1n }, {}]) {
      const one = new Versioned();
      one.net.management.updateSettings(one.id, settings);
      expect(one.version).toBe(2n);
    }
    expect(canister.version).toBe(1n);
  });

  test('after stopping, having stopped and starting', () => {
    const canister = new Versioned();
    canister.net.management.stopCanister(canister.id);
    expect(canister.version).toBe(3n);
    canister.net.management.startCanister(canister.id);
    expect(canister.version).toBe(4n);
  });

  /** [what fails, how; the version is 1 before and after unless it says otherwise] */
  const failures: [
    string,
    (canister: Versioned) => void,
    ProgrammableOptions & { init?: Program },
    bigint,
  ][] = [
    ['query', (one) => one.net.look(one.id, program().trap('x')), {}, 1n],
    ['update', (one) => one.update(program().trap('x')), {}, 1n],
    [
      'install',
      (one) => {
        one.net.management.installCode(one.id, { module: programmableCanister() });
      },
      {},
      1n,
    ],
    [
      'reinstall',
      (one) => {
        one.net.management.installCode(one.id, { mode: 'reinstall', module: Uint8Array.of(1) });
      },
      {},
      1n,
    ],
    [
      'init in reinstall',
      (one) => {
        one.install('reinstall', program().trap('x'));
      },
      {},
      1n,
    ],
    [
      'upgrade',
      (one) => {
        one.net.management.installCode(one.id, { mode: 'upgrade', module: Uint8Array.of(1) });
      },
      {},
      1n,
    ],
    [
      'pre_upgrade',
      (one) => {
        one.install('upgrade');
      },
      { init: program().store('preUpgrade', program().trap('x')) },
      1n,
    ],
    [
      'post_upgrade',
      (one) => {
        one.install('upgrade', program().trap('x'));
      },
      {},
      1n,
    ],
    [
      'reply callback',
      (one) => one.update(one.calling(program().reply(), { onReply: program().trap('x') })),
      {},
      2n,
    ],
    [
      'reject callback',
      (one) => one.update(one.calling(program().reject('no'), { onReject: program().trap('x') })),
      {},
      2n,
    ],
    [
      'cleanup',
      (one) =>
        one.update(
          one.calling(program().reply(), { onReply: program().trap('x'), onCleanup: program().trap('y') }),
        ),
      {},
      2n,
    ],
    [
      'change of settings',
      (one) => {
        one.net.management.updateSettings(one.id, { compute_allocation: 101n });
      },
      {},
      1n,
    ],
  ];

  test.each(failures)('after failed %s', (_name, fail, options, after) => {
    const canister = new Versioned(options);
    canister.failing(() => {
      fail(canister);
    });
    expect(canister.version).toBe(after);
  });

  test('after failed init in install', () => {
    const net = new TestNetwork();
    const id = net.management.createCanister();
    net.rejection(() => {
      net.management.installCode(id, { module: programmableCanister(), arg: program().trap('x').bytes });
    });
    expect(net.network.canister(id).version).toBe(0n);
  });

  test('after failed uninstall', () => {
    const { net, id } = new Versioned();
    net.management.updateSettings(id, { controllers: [] });
    net.rejection(() => {
      net.management.uninstallCode(id);
    });
    expect(net.network.canister(id).version).toBe(2n);
  });

  test('after failed heartbeat', () => {
    const canister = new Versioned({
      heartbeat: true,
      init: program().store('heartbeat', program().trap('x')),
    });
    canister.net.network.advanceTime(1);
    canister.net.network.run();
    expect(canister.version).toBe(1n);
  });

  test('after failed global timer', () => {
    const canister = new Versioned({
      init: program().store('globalTimer', program().trap('x')).setTimer(1n),
    });
    canister.net.network.run();
    expect(canister.version).toBe(1n);
  });
});
