import type { Principal } from '@dfinity/principal';
import { describe, expect, test } from 'vitest';
import { program, type Program } from './support/program.ts';
import { programmableCanister } from './support/programmable-canister.ts';
import { TestNetwork } from './support/test-network.ts';

const pageBytes = 65_536n;

function limited(pages: bigint, init?: Program): { net: TestNetwork; id: Principal } {
  const net = new TestNetwork();
  const id = net.canister(init === undefined ? {} : { init });
  net.management.updateSettings(id, { wasm_memory_limit: pages * pageBytes });
  return { net, id };
}

describe('a Wasm memory limit', () => {
  test('fails an update that grows the heap beyond it, and undoes the growth', () => {
    const { net, id } = limited(2n);
    const { errorCode, rejectCode, rejectMessage } = net.rejection(() =>
      net.run(id, program().growHeap(2).reply('grown')),
    );
    expect({ errorCode, rejectCode }).toEqual({ errorCode: 'IC0539', rejectCode: 5 });
    expect(rejectMessage).toBe(
      `Error from Canister ${id.toText()}: Canister exceeded its current Wasm memory limit of 131072 bytes. ` +
        'The peak Wasm memory usage was 196608 bytes. If the canister reaches 4GiB, then it may stop functioning ' +
        'and may become unrecoverable. Please reach out to the canister owner to investigate the reason for the ' +
        'increased memory usage. It might be necessary to move data from the Wasm memory to the stable memory. ' +
        'If such high Wasm memory usage is expected and safe, then the developer can increase the Wasm memory ' +
        'limit in the canister settings..\n' +
        'Try checking the canister for a possible memory leak or modifying it to use more stable memory instead of ' +
        'Wasm memory. See documentation: ' +
        'https://internetcomputer.org/docs/current/references/execution-errors#wasm-memory-limit-exceeded',
    );
    expect(net.lookNumbers(id, program().appendNumber('heapSize').reply())).toEqual([1n]);
    expect(net.runText(id, program().growHeap(1).reply('just enough'))).toBe('just enough');
  });

  test('fails every update while more is in use, before it does anything', () => {
    const { net, id } = limited(0n, program().growHeap(3));
    net.management.updateSettings(id, { wasm_memory_limit: pageBytes });
    expect(net.rejection(() => net.run(id, program().print('begun').reply())).errorCode).toBe('IC0539');
    expect(net.network.canister(id).log).toEqual([]);
  });

  test('fails an installation whose heap is too large, from the start or by init', () => {
    const { net, id } = limited(1n);
    const install = (init: Program) => () => {
      net.management.installCode(id, { mode: 'reinstall', module: programmableCanister(), arg: init.bytes });
    };
    expect(net.rejection(install(program().growHeap(1))).errorCode).toBe('IC0539');
    net.management.updateSettings(id, { wasm_memory_limit: 1n });
    expect(net.rejection(install(program())).errorCode).toBe('IC0539');
  });

  test('spares queries, callbacks, timers and the hook before an upgrade', () => {
    const { net, id } = limited(1n);
    const grow = program().growHeap(1).reply('grown');
    expect(new TextDecoder().decode(net.look(id, grow))).toBe('grown');
    expect(net.composeText(id, grow)).toBe('grown');
    expect(
      net.runText(id, program().call({ to: id, method: 'look', arg: program().reply(), onReply: grow })),
    ).toBe('grown');
    net.management.updateSettings(id, { wasm_memory_limit: 2n * pageBytes });
    const timer = program().growHeap(1).addToHeap(1n);
    net.run(
      id,
      program().store('globalTimer', timer).store('preUpgrade', program().growHeap(1)).setTimer(1n).reply(),
    );
    net.network.run();
    expect(
      net.lookNumbers(id, program().appendNumber('heapSize').appendNumber('heapCounter').reply()),
    ).toEqual([3n, 1n]);
    net.management.installCode(id, { mode: 'upgrade', module: programmableCanister({ variant: 1 }) });
    expect(net.lookNumbers(id, program().appendNumber('heapSize').reply())).toEqual([1n]);
  });

  test('of 0 is none', () => {
    const { net, id } = limited(0n);
    expect(net.runText(id, program().growHeap(100).reply('grown'))).toBe('grown');
  });
});

describe('canister_on_low_wasm_memory', () => {
  /** Of ten pages four may be in use before the hook runs; it counts its runs. */
  function watched(): { net: TestNetwork; id: Principal; runs: () => bigint | undefined } {
    const net = new TestNetwork();
    const id = net.canister();
    net.run(id, program().store('lowWasmMemory', program().addToHeap(1n)).reply());
    net.management.updateSettings(id, {
      wasm_memory_limit: 10n * pageBytes,
      wasm_memory_threshold: 6n * pageBytes,
    });
    return { net, id, runs: () => net.lookNumbers(id, program().appendNumber('heapCounter').reply())[0] };
  }
  const grow = (pages: number) => program().growHeap(pages).reply();

  test('runs when less than the threshold is left, and once', () => {
    const { net, id, runs } = watched();
    net.run(id, grow(3));
    net.network.run();
    expect(runs()).toBe(0n);
    net.run(id, grow(1));
    net.network.run();
    expect(runs()).toBe(1n);
    net.run(id, grow(1));
    net.network.run();
    expect(runs()).toBe(1n);
  });

  test('runs before anything else the canister has to do, as a system task', () => {
    const { net, id } = watched();
    net.run(
      id,
      program().store('lowWasmMemory', program().addToHeap(1n).system('time').keepResult()).reply(),
    );
    const growing = net.submit(id, grow(5));
    const next = net.submit(id, program().appendNumber('heapCounter').reply());
    net.network.run();
    expect(net.network.ingressStatus(growing).status).toBe('replied');
    const status = net.network.ingressStatus(next);
    const reply = status.status === 'replied' ? status.reply : new Uint8Array(8);
    expect(new DataView(reply.buffer, reply.byteOffset).getBigUint64(0, true)).toBe(net.network.timeNanos);
    const kinds = net.events.flatMap((event) => (event.event === 'step' ? [event.kind] : []));
    expect(kinds.slice(-3)).toEqual(['update', 'lowWasmMemory', 'update']);
  });

  test('runs before the other tasks of the round in which memory became low', () => {
    const net = new TestNetwork();
    const settings = { wasm_memory_limit: 10n * pageBytes, wasm_memory_threshold: 6n * pageBytes };
    const [growing] = [1, 2].map(() => net.canister({ heartbeat: true }));
    if (growing === undefined) throw new Error('There is no canister.');
    net.management.updateSettings(growing, settings);
    net.run(growing, program().store('heartbeat', program().growHeap(5)).reply());
    net.events.length = 0;
    net.network.advanceTime(1);
    net.network.run();
    const kinds = net.events.flatMap((event) => (event.event === 'step' ? [event.kind] : []));
    expect(kinds).toEqual(['heartbeat', 'lowWasmMemory', 'heartbeat']);
  });

  test('does not run for growth that was undone', () => {
    const { net, id, runs } = watched();
    net.rejection(() => net.run(id, program().growHeap(8).trap('no')));
    net.network.run();
    expect(runs()).toBe(0n);
  });

  test('runs again after there was enough memory in between', () => {
    const { net, id, runs } = watched();
    net.run(id, grow(4));
    net.network.run();
    net.management.updateSettings(id, { wasm_memory_limit: 20n * pageBytes });
    net.management.updateSettings(id, { wasm_memory_limit: 10n * pageBytes });
    net.network.run();
    expect(runs()).toBe(2n);
  });

  test('waits while the canister is stopped, and is forgotten when the need is over', () => {
    const { net, id, runs } = watched();
    net.management.stopCanister(id);
    net.management.updateSettings(id, { wasm_memory_threshold: 10n * pageBytes });
    net.network.run();
    net.management.startCanister(id);
    net.network.run();
    expect(runs()).toBe(1n);
    net.management.stopCanister(id);
    net.management.updateSettings(id, { wasm_memory_threshold: 0n });
    net.management.updateSettings(id, { wasm_memory_threshold: 10n * pageBytes });
    net.management.updateSettings(id, { wasm_memory_threshold: 0n });
    net.management.startCanister(id);
    net.network.run();
    expect(runs()).toBe(1n);
  });

  test('that traps changes nothing but is not run again', () => {
    const { net, id, runs } = watched();
    net.run(id, program().store('lowWasmMemory', program().addToHeap(1n).trap('in the hook')).reply());
    net.run(id, grow(4));
    net.network.run();
    expect(runs()).toBe(0n);
    expect(net.network.canister(id).log).toEqual(['[TRAP]: in the hook']);
  });

  test('runs after an installation that needs too much', () => {
    const net = new TestNetwork();
    const id = net.management.createCanister({
      settings: { wasm_memory_limit: 10n * pageBytes, wasm_memory_threshold: 6n * pageBytes },
    });
    const init = program().store('lowWasmMemory', program().addToHeap(1n)).growHeap(5);
    net.management.installCode(id, { module: programmableCanister(), arg: init.bytes });
    net.network.run();
    expect(net.lookNumbers(id, program().appendNumber('heapCounter').reply())).toEqual([1n]);
  });
});
