import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { managementCanister } from '../../../src/localnet/management/index.ts';
import { methodNames } from '../../../src/localnet/management/methods.ts';
import * as signatures from '../../../src/localnet/management/signatures.ts';
import { alice, ManagementHarness } from './management-harness.ts';
import { rejectionOf } from './rejection-of.ts';

describe('payloads of management calls', () => {
  test('bytes that are not Candid are rejected by every method with a full refund, and change nothing', () => {
    const harness = new ManagementHarness();
    const caller = harness.addCanister();
    const methods = methodNames.filter((name) => name !== 'list_canisters');
    fc.assert(
      fc.property(fc.constantFrom(...methods), fc.uint8Array({ maxLength: 40 }), (method, bytes) => {
        const before = structuredClone({ cycles: caller.cycles, version: caller.version });
        const { result, refundCycles } = harness.execute(caller, method, bytes, { cycles: 1_000n });
        expect(result).toMatchObject({ kind: 'reject', rejection: { errorCode: 'IC0408', rejectCode: 4 } });
        expect(refundCycles).toBe(1_000n);
        expect({ cycles: caller.cycles, version: caller.version }).toEqual(before);
        expect(harness.state.canisters.size).toBe(1);
      }),
    );
  });

  test('at ingress an undecodable argument is worded as the replica does', () => {
    const ingress = {
      sender: alice,
      method: 'install_code',
      arg: Uint8Array.of(1, 2, 3),
      effectiveCanisterId: undefined,
    };
    expect(managementCanister.checkIngress(new ManagementHarness().services, ingress)).toEqual({
      rejection: {
        rejectCode: 4,
        errorCode: 'IC0408',
        message: 'Failed to decode payload for ic00 method: install_code',
      },
    });
  });

  test('a canister that does not exist is not found', () => {
    const harness = new ManagementHarness();
    const caller = harness.addCanister();
    const gone = harness.addCanister();
    harness.services.removeCanister(gone);
    const argument = { canister_id: gone.id };
    expect(
      rejectionOf(() => {
        harness.invoke(caller, 'deposit_cycles', signatures.depositCycles, argument);
      }),
    ).toEqual({
      rejectCode: 3,
      errorCode: 'IC0301',
      message: `Canister ${gone.id.toText()} not found.`,
    });
  });

  test('sender_canister_version must be the version with which the canister called', () => {
    const harness = new ManagementHarness();
    const caller = harness.addCanister();
    const target = harness.addCanister();
    target.settings.controllers = [caller.id];
    const uninstall = (claimed: bigint) => {
      harness.invoke(
        caller,
        'uninstall_code',
        signatures.uninstallCode,
        { canister_id: target.id, sender_canister_version: [claimed] as [bigint] },
        { callerVersion: 7n },
      );
    };
    expect(
      rejectionOf(() => {
        uninstall(8n);
      }),
    ).toEqual({
      rejectCode: 5,
      errorCode: 'IC0504',
      message:
        'Management canister call payload includes sender canister version 8 that does not match the actual sender canister version 7.',
    });
    expect(target.code).toBeDefined();
    uninstall(7n);
    expect(target.code).toBeUndefined();
  });

  test('a user has no version to state', () => {
    const harness = new ManagementHarness();
    const target = harness.addCanister();
    const argument = { canister_id: target.id, sender_canister_version: [0n] as [bigint] };
    const call = () => {
      harness.invoke(alice, 'uninstall_code', signatures.uninstallCode, argument);
    };
    expect(rejectionOf(call)).toMatchObject({ rejectCode: 5, errorCode: 'IC0504' });
  });
});
