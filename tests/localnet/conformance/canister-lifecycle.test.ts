import { Principal } from '@dfinity/principal';
import { describe, expect, test } from 'vitest';
import { managementCanisterId, managementClient } from '../../../src/localnet/index.ts';
import * as signatures from '../../../src/localnet/management/signatures.ts';
import { program } from '../support/program.ts';
import { programmableCanister } from '../support/programmable-canister.ts';
import { TestNetwork, user } from '../support/test-network.ts';
import { callFrom } from './support/canister-calls.ts';

const stranger = Principal.selfAuthenticating(Uint8Array.of(77));
const minute = 60_000;

/** A canister with a call open that is answered only after a minute. */
function withOpenCall() {
  const net = new TestNetwork();
  const [id, callee] = [net.canister(), net.canister()];
  net.network.faults.add({ caller: id }, { kind: 'delayReply', milliseconds: minute });
  const onReply = program().addToHeap(1n).reply('answered');
  const call = net.submit(id, program().call({ to: callee, arg: program().reply(), onReply }));
  net.network.run();
  const manage = (method: string) =>
    net.network.submitUpdate({
      sender: user,
      canisterId: managementCanisterId,
      method,
      arg: signatures.stopCanister.encodeArgument({ canister_id: id }),
    });
  return { net, id, call, manage };
}

describe('lifecycle', () => {
  test('canister lifecycle', () => {
    const net = new TestNetwork();
    const id = net.canister();
    const { management } = net;
    management.stopCanister(id);
    management.stopCanister(id);
    expect(net.network.canister(id).status).toBe('stopped');
    expect(net.rejection(() => net.run(id, program().reply())).errorCode).toBe('IC0508');
    expect(net.rejection(() => net.look(id, program().reply())).errorCode).toBe('IC0508');
    const answer = callFrom(net, net.canister(), { to: id, method: 'run', arg: program().reply().bytes });
    expect(answer).toEqual({ kind: 'reject', code: 5, text: `IC0508: Canister ${id.toText()} is stopped` });
    management.installCode(id, { mode: 'upgrade', module: programmableCanister({ variant: 1 }) });
    management.startCanister(id);
    management.startCanister(id);
    expect(net.runText(id, program().reply('again'))).toBe('again');
  });

  test('canister stopping', () => {
    const { net, id, call, manage } = withOpenCall();
    const stop = manage('stop_canister');
    net.network.run();
    expect(net.network.canister(id).status).toBe('stopping');
    expect(net.network.ingressStatus(stop).status).toBe('processing');
    expect(net.rejection(() => net.run(id, program().reply())).errorCode).toBe('IC0509');
    expect(net.rejection(() => net.look(id, program().reply())).errorCode).toBe('IC0509');
    net.network.runFor(minute);
    expect(net.network.ingressStatus(call).status).toBe('replied');
    expect(net.network.ingressStatus(stop).status).toBe('replied');
    expect(net.network.canister(id).status).toBe('stopped');
  });

  test('starting a stopping canister', () => {
    const { net, id, call, manage } = withOpenCall();
    const stop = manage('stop_canister');
    net.network.run();
    net.management.startCanister(id);
    expect(net.network.ingressStatus(stop)).toMatchObject({ status: 'rejected', errorCode: 'IC0511' });
    expect(net.runText(id, program().reply('runs'))).toBe('runs');
    net.network.runFor(minute);
    expect(net.network.ingressStatus(call).status).toBe('replied');
  });

  test('canister deletion', () => {
    const net = new TestNetwork();
    const id = net.canister();
    const { management } = net;
    expect(
      net.rejection(() => {
        management.deleteCanister(id);
      }),
    ).toMatchObject({ rejectCode: 5, errorCode: 'IC0510' });
    management.stopCanister(id);
    management.deleteCanister(id);
    const attempts = [
      () => net.run(id, program().reply()),
      () => net.look(id, program().reply()),
      () => management.canisterStatus(id),
      () => {
        management.startCanister(id);
      },
      () => {
        management.deleteCanister(id);
      },
      () => {
        management.installCode(id, { module: programmableCanister() });
      },
    ];
    expect(attempts.map((attempt) => net.rejection(attempt).errorCode)).toEqual(attempts.map(() => 'IC0301'));
    expect(net.rejection(() => management.createCanister({ specifiedId: id })).errorCode).toBe('IC0205');
  });

  test('canister lifecycle (wrong controller)', () => {
    const net = new TestNetwork();
    const id = net.canister();
    const wrong = managementClient(net.network, stranger);
    const attempts = [
      () => {
        wrong.startCanister(id);
      },
      () => {
        wrong.stopCanister(id);
      },
      () => wrong.canisterStatus(id),
      () => {
        wrong.deleteCanister(id);
      },
    ];
    expect(attempts.map((attempt) => net.rejection(attempt).errorCode)).toEqual(attempts.map(() => 'IC0512'));
    expect(net.network.canister(id).status).toBe('running');
  });
});

describe('uninstall', () => {
  test('uninstall empty canister', () => {
    const net = new TestNetwork();
    const id = net.management.createCanister();
    net.management.uninstallCode(id);
    expect(net.management.canisterStatus(id).module_hash).toEqual([]);
  });

  test('uninstall as wrong user', () => {
    const net = new TestNetwork();
    const id = net.canister();
    const wrong = managementClient(net.network, stranger);
    expect(
      net.rejection(() => {
        wrong.uninstallCode(id);
      }).errorCode,
    ).toBe('IC0512');
    expect(net.network.canister(id).moduleHash).toBeDefined();
  });

  /** Uninstalls and installs again; reads what is left of each memory. */
  function afterUninstalling() {
    const net = new TestNetwork();
    const id = net.canister();
    net.run(id, program().addToHeap(5n).growStable(1n).writeStable(6n).certify('old').reply());
    net.management.uninstallCode(id);
    const emptied = net.network.canister(id);
    net.management.installCode(id, { module: programmableCanister() });
    const [heap, stableSize] = net.lookNumbers(
      id,
      program().appendNumber('heapCounter').appendNumber('stableSize').reply(),
    );
    return { net, id, emptied, heap, stableSize };
  }

  test('uninstall and reinstall wipes state', () => {
    expect(afterUninstalling().heap).toBe(0n);
  });

  test('uninstall and reinstall wipes stable memory', () => {
    expect(afterUninstalling()).toMatchObject({ stableSize: 0n, emptied: { stableBytes: 0 } });
  });

  test('uninstall and reinstall wipes certified data', () => {
    const { net, id, emptied } = afterUninstalling();
    expect(emptied.certifiedData).toEqual(new Uint8Array());
    expect(net.network.canister(id).certifiedData).toEqual(new Uint8Array());
  });

  test('uninstalled rejects calls', () => {
    const net = new TestNetwork();
    const id = net.canister();
    net.management.uninstallCode(id);
    expect(net.rejection(() => net.run(id, program().reply()))).toMatchObject({
      rejectCode: 5,
      errorCode: 'IC0537',
    });
    expect(net.rejection(() => net.look(id, program().reply())).errorCode).toBe('IC0537');
    const answer = callFrom(net, net.canister(), { to: id, method: 'run', arg: new Uint8Array() });
    expect(answer).toMatchObject({ kind: 'reject', code: 5 });
    net.management.installCode(id, { module: programmableCanister() });
    expect(net.runText(id, program().reply('back'))).toBe('back');
  });

  test('open call contexts are rejected', () => {
    const { net, id, call } = withOpenCall();
    net.management.uninstallCode(id);
    expect(net.network.ingressStatus(call)).toMatchObject({
      status: 'rejected',
      rejectCode: 4,
      message: 'Canister has been uninstalled.',
    });
  });

  test('deleted call contexts prevent stopping', () => {
    const { net, id, manage } = withOpenCall();
    net.management.uninstallCode(id);
    const stop = manage('stop_canister');
    net.network.run();
    expect(net.network.canister(id).status).toBe('stopping');
    net.network.runFor(minute);
    expect(net.network.canister(id).status).toBe('stopped');
    expect(net.network.ingressStatus(stop).status).toBe('replied');
  });

  test('deleted call contexts are not delivered', () => {
    const { net, id } = withOpenCall();
    net.management.uninstallCode(id);
    net.management.installCode(id, { module: programmableCanister() });
    net.network.runFor(minute);
    expect(net.lookNumbers(id, program().appendNumber('heapCounter').reply())).toEqual([0n]);
    expect(net.network.canister(id)).toMatchObject({ openCallContexts: 0, openCallbacks: 0 });
  });
});
