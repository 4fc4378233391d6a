import { IDL } from '@dfinity/candid';
import { describe, expect, test } from 'vitest';
import { CallRejectedError, type IngressId, managementCanisterId } from '../../../src/localnet/index.ts';
import { developer, encode, motokoNetwork, nat } from './motoko-network.ts';

/** A canister that waits `milliseconds` for the answer of another one. */
function setup(milliseconds: number) {
  const { network, management, install } = motokoNetwork();
  const counter = install('counter', [nat(0)]);
  const caller = install('caller');
  network.faults.add({ caller: caller.id, callee: counter.id }, { kind: 'delayReply', milliseconds });
  const call = {
    sender: developer,
    canisterId: caller.id,
    method: 'add',
    arg: encode([counter.asActor, nat(1)]),
  };
  const open = network.submitUpdate(call);
  network.run();
  return {
    network,
    management,
    caller,
    call,
    open,
    /** Submits a request to stop the caller and executes it. */
    stop: (): IngressId => {
      const arg = encode([[IDL.Record({ canister_id: IDL.Principal }), { canister_id: caller.id }]]);
      const stop = network.submitUpdate({
        sender: developer,
        canisterId: managementCanisterId,
        method: 'stop_canister',
        arg,
      });
      network.run();
      return stop;
    },
  };
}

describe('stopping a canister that waits for an answer', () => {
  test('it takes no calls, still gets its answer, gives its own, and then it has stopped', () => {
    const { network, caller, call, open, stop } = setup(10_000);
    const stops = [stop(), stop()];
    expect(caller.view.status).toBe('stopping');
    expect(() => network.submitUpdate(call)).toThrow(CallRejectedError);
    network.runFor(9_999);
    expect(stops.map((id) => network.ingressStatus(id).status)).toEqual(['processing', 'processing']);
    network.runFor(1);
    expect(network.ingressStatus(open).status).toBe('replied');
    expect(caller.view.status).toBe('stopped');
    expect(stops.map((id) => network.ingressStatus(id).status)).toEqual(['replied', 'replied']);
  });

  test('the version rises with each request and once more when it has stopped', () => {
    const { network, caller, stop } = setup(10_000);
    const before = caller.view.version;
    stop();
    stop();
    expect(caller.view.version).toBe(before + 2n);
    network.runFor(10_000);
    // One for the callback, one for having stopped.
    expect(caller.view.version).toBe(before + 4n);
  });

  test('after five minutes the request is given up, and the canister goes on stopping', () => {
    const { network, management, caller, stop } = setup(400_000);
    const request = stop();
    network.runFor(299_000);
    expect(network.ingressStatus(request).status).toBe('processing');
    network.runFor(1_000);
    expect(network.ingressStatus(request)).toEqual({
      status: 'rejected',
      rejectCode: 2,
      errorCode: 'IC0206',
      message: 'Stop canister request timed out',
    });
    expect(caller.view.status).toBe('stopping');
    network.runFor(100_000);
    expect(caller.view.status).toBe('stopped');
    management.startCanister(caller.id);
    expect(caller.view.status).toBe('running');
  });

  test('starting it cancels every request to stop it', () => {
    const { network, management, caller, stop } = setup(10_000);
    const stops = [stop(), stop()];
    management.startCanister(caller.id);
    const cancelled = {
      status: 'rejected',
      rejectCode: 5,
      errorCode: 'IC0511',
      message: `Canister ${caller.id.toText()}'s stop request cancelled`,
    };
    expect(stops.map((id) => network.ingressStatus(id))).toEqual([cancelled, cancelled]);
    expect(caller.view.status).toBe('running');
  });

  test('uninstalling its code rejects its open call; it stops when the answer is in', () => {
    const { network, management, caller, open, stop } = setup(10_000);
    management.uninstallCode(caller.id);
    expect(network.ingressStatus(open)).toMatchObject({ status: 'rejected', rejectCode: 4 });
    const request = stop();
    expect(network.ingressStatus(request).status).toBe('processing');
    network.runFor(10_000);
    expect(network.ingressStatus(request).status).toBe('replied');
    expect(caller.view).toMatchObject({ status: 'stopped', openCallContexts: 0, openCallbacks: 0 });
  });

  test('it cannot be deleted before it has stopped', () => {
    const { network, management, caller, stop } = setup(10_000);
    stop();
    expect(() => {
      management.deleteCanister(caller.id);
    }).toThrow(/IC0510/);
    network.runFor(10_000);
    management.deleteCanister(caller.id);
    expect(network.canisterIds().map((id) => id.toText())).not.toContain(caller.id.toText());
  });
});
