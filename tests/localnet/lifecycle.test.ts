import binaryen from 'binaryen';
import { describe, expect, test } from 'vitest';
import { managementCanisterId } from '../../src/localnet/index.ts';
import { program } from './support/program.ts';
import { programmableCanister } from './support/programmable-canister.ts';
import { TestNetwork, user } from './support/test-network.ts';

const heap = () => program().appendNumber('heapCounter').reply();
const minute = 60_000;

/** A caller with a call open that is answered only after a minute. */
function withOpenCall(onReply = program().addToHeap(1n).reply('answered')) {
  const net = new TestNetwork();
  const [caller, callee] = [net.canister(), net.canister()];
  net.network.faults.add({ caller }, { kind: 'delayReply', milliseconds: minute });
  const ingress = net.submit(
    caller,
    program().call({ to: callee, arg: program().reply(), onReply, cycles: 1_000n }),
  );
  net.network.run();
  const submitManagement = (method: string) =>
    net.network.submitUpdate({
      sender: user,
      canisterId: managementCanisterId,
      method,
      // Candid `record { canister_id }`.
      arg: new Uint8Array([
        ...Buffer.from('DIDL'),
        1,
        0x6c,
        1,
        0xb3,
        0xc4,
        0xb1,
        0xf2,
        4,
        0x68,
        1,
        0,
        1,
        10,
        ...caller.toUint8Array(),
      ]),
    });
  return { net, caller, callee, ingress, submitManagement };
}

describe('stopping', () => {
  test('waits for open calls, lets their responses in and refuses everything else', () => {
    const { net, caller, ingress, submitManagement } = withOpenCall();
    const stop = submitManagement('stop_canister');
    net.network.run();
    expect(net.network.canister(caller).status).toBe('stopping');
    expect(net.rejection(() => net.submit(caller, program()))).toMatchObject({
      errorCode: 'IC0509',
      rejectMessage: `Canister ${caller.toText()} is not running`,
    });
    net.network.runFor(minute);
    expect(net.network.ingressStatus(ingress)).toMatchObject({ status: 'replied' });
    expect(net.network.ingressStatus(stop)).toMatchObject({ status: 'replied' });
    expect(net.network.canister(caller)).toMatchObject({ status: 'stopped', openCallContexts: 0 });
  });

  test('is answered to everybody who asked', () => {
    const { net, submitManagement } = withOpenCall();
    const stops = [submitManagement('stop_canister'), submitManagement('stop_canister')];
    net.network.runFor(minute);
    expect(stops.map((id) => net.network.ingressStatus(id).status)).toEqual(['replied', 'replied']);
  });

  test('is cancelled by a start', () => {
    const { net, caller, submitManagement } = withOpenCall();
    const stop = submitManagement('stop_canister');
    net.network.run();
    net.management.startCanister(caller);
    expect(net.network.ingressStatus(stop)).toMatchObject({
      status: 'rejected',
      errorCode: 'IC0511',
      message: `Canister ${caller.toText()}'s stop request cancelled`,
    });
    expect(net.network.canister(caller).status).toBe('running');
  });

  test('is given up after five minutes, and the canister stays stopping', () => {
    const net = new TestNetwork();
    const [caller, callee] = [net.canister(), net.canister()];
    net.network.faults.add({ caller }, { kind: 'delay', milliseconds: 10 * minute });
    net.submit(caller, program().call({ to: callee, arg: program().reply() }));
    net.network.run();
    expect(
      net.rejection(() => {
        net.management.stopCanister(caller);
      }),
    ).toMatchObject({ rejectCode: 2, errorCode: 'IC0206' });
    expect(net.network.canister(caller).status).toBe('stopping');
    net.network.runFor(10 * minute);
    expect(net.network.canister(caller).status).toBe('stopped');
  });
});

describe('an upgrade', () => {
  test('keeps stable memory and certified data and drops the heap', () => {
    const net = new TestNetwork();
    const id = net.canister();
    net.run(
      id,
      program().addToHeap(5n).addToGlobal(5n).growStable(1n).writeStable(5n).certify('kept').reply(),
    );
    net.management.installCode(id, { mode: 'upgrade', module: programmableCanister({ variant: 1 }) });
    const all = program()
      .appendNumber('heapCounter')
      .appendNumber('globalCounter')
      .appendNumber('stableCounter');
    expect(net.lookNumbers(id, all.reply())).toEqual([0n, 0n, 5n]);
    expect(new TextDecoder().decode(net.network.canister(id).certifiedData)).toBe('kept');
  });

  test('that traps in pre_upgrade or post_upgrade changes nothing', () => {
    const net = new TestNetwork();
    const id = net.canister();
    const upgrade = (arg = program()) => {
      net.management.installCode(id, {
        mode: 'upgrade',
        module: programmableCanister({ variant: 1 }),
        arg: arg.bytes,
      });
    };
    net.run(id, program().addToHeap(5n).growStable(1n).writeStable(5n).reply());
    const before = net.network.canister(id).moduleHash;
    const rejection = net.rejection(() => {
      upgrade(program().growStable(1n).writeStable(9n).trap('in post'));
    });
    expect(rejection.rejectMessage).toContain("'in post'");
    net.run(id, program().store('preUpgrade', program().writeStable(9n).trap('in pre')).reply());
    expect(
      net.rejection(() => {
        upgrade();
      }).rejectMessage,
    ).toContain("'in pre'");
    const all = program()
      .appendNumber('heapCounter')
      .appendNumber('stableCounter')
      .appendNumber('stableSize');
    expect(net.lookNumbers(id, all.reply())).toEqual([5n, 5n, 1n]);
    expect(net.network.canister(id).moduleHash).toEqual(before);
  });

  test('may not make calls in its hooks', () => {
    const net = new TestNetwork();
    const id = net.canister();
    const arg = program().call({ to: id }).bytes;
    const module = programmableCanister();
    expect(
      net.rejection(() => {
        net.management.installCode(id, { mode: 'upgrade', module, arg });
      }).rejectMessage,
    ).toContain('"ic0_call_new" cannot be executed in init mode');
  });

  test('of an empty canister is refused', () => {
    const net = new TestNetwork();
    const id = net.management.createCanister();
    const module = programmableCanister();
    expect(
      net.rejection(() => {
        net.management.installCode(id, { mode: 'upgrade', module });
      }).errorCode,
    ).toBe('IC0537');
  });

  test('with a call open delivers the response to the new code by the old table index', () => {
    const { net, caller, ingress } = withOpenCall();
    const module = programmableCanister({ variant: 1 });
    net.management.installCode(caller, { mode: 'upgrade', module });
    net.network.runFor(minute);
    // The old callback's program was in the old heap; the new code finds nothing there and does nothing.
    expect(net.network.ingressStatus(ingress)).toMatchObject({ status: 'rejected', errorCode: 'IC0506' });
    expect(net.network.canister(caller).openCallbacks).toBe(0);
  });
});

describe('reinstalling', () => {
  test('drops all memories, the log and certified data, and keeps open calls', () => {
    const { net, caller, ingress } = withOpenCall();
    net.run(caller, program().growStable(1n).writeStable(5n).certify('x').print('old').reply());
    net.management.installCode(caller, { mode: 'reinstall', module: programmableCanister() });
    expect(net.network.canister(caller)).toMatchObject({ stableBytes: 0, log: [], openCallContexts: 1 });
    expect(net.network.canister(caller).certifiedData).toHaveLength(0);
    net.network.runFor(minute);
    expect(net.network.ingressStatus(ingress).status).toBe('rejected');
  });
});

describe('uninstalling', () => {
  test('rejects open calls at once and takes their refunds when the responses come', () => {
    const { net, caller, ingress } = withOpenCall();
    net.management.uninstallCode(caller);
    expect(net.network.ingressStatus(ingress)).toMatchObject({
      status: 'rejected',
      rejectCode: 4,
      message: 'Canister has been uninstalled.',
    });
    const before = net.network.canister(caller).cycles;
    net.network.runFor(minute);
    expect(net.network.canister(caller).cycles).toBeGreaterThan(before + 40_000_000_000n);
    expect(net.network.canister(caller)).toMatchObject({ openCallContexts: 0, openCallbacks: 0 });
  });

  test('and installing other code never runs old callbacks', () => {
    const { net, caller } = withOpenCall();
    net.management.uninstallCode(caller);
    net.management.installCode(caller, { module: programmableCanister() });
    net.network.runFor(minute);
    expect(net.lookNumbers(caller, heap())).toEqual([0n]);
    expect(net.events.filter((event) => event.event === 'step' && event.kind === 'late')).toHaveLength(1);
  });
});

describe('installing', () => {
  test('is undone as a whole when init traps', () => {
    const net = new TestNetwork();
    const id = net.management.createCanister();
    const arg = program().growStable(1n).trap('no').bytes;
    expect(
      net.rejection(() => {
        net.management.installCode(id, { module: programmableCanister(), arg });
      }).errorCode,
    ).toBe('IC0503');
    expect(net.network.canister(id)).toMatchObject({ moduleHash: undefined, stableBytes: 0, version: 0n });
  });

  test('stops at its own limit', () => {
    const net = new TestNetwork({ instructionLimits: { install: 100_000_000n } });
    const id = net.management.createCanister();
    const arg = program().loopForever().bytes;
    expect(
      net.rejection(() => {
        net.management.installCode(id, { module: programmableCanister(), arg });
      }).errorCode,
    ).toBe('IC0522');
  });

  test('refuses what is not Wasm', () => {
    const net = new TestNetwork();
    const id = net.management.createCanister();
    const rejection = net.rejection(() => {
      net.management.installCode(id, { module: new Uint8Array([1, 2, 3]) });
    });
    expect(rejection.errorCode).toBe('IC0505');
    expect(rejection.rejectMessage).toContain(
      `Error from Canister ${id.toText()}: Canister's Wasm module is not valid: `,
    );
    expect(rejection.rejectMessage).toContain('\nThis is likely an error with the compiler/CDK toolchain');
  });

  test('advises what to do with a module that breaks a limit', () => {
    const net = new TestNetwork();
    const id = net.management.createCanister();
    const exported = ['canister_update twice', 'canister_query twice'];
    const module = binaryen.parseText(
      `(module (func $f) ${exported.map((name) => `(export "${name}" (func $f))`).join(' ')})`,
    );
    const install = () => {
      net.management.installCode(id, { module: module.emitBinary() });
    };
    expect(net.rejection(install).rejectMessage).toBe(
      `Error from Canister ${id.toText()}: Canister's Wasm module is not valid: Duplicate function 'twice' exported ` +
        'multiple times with different call types: update, query, or composite_query..\nTry defining different ' +
        'versions of the function for each call type, e.g. `twice_update`, `twice_query`, etc. See documentation: ' +
        'https://internetcomputer.org/docs/current/references/execution-errors#wasm-module-duplicate-exports',
    );
    module.dispose();
  });
});
