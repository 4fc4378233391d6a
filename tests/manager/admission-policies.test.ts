import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';
import { beforeEach, describe, expect, test } from 'vitest';
import { managementCanisterId, managementClient } from '../../src/localnet/index.ts';
import {
  AllowedCallerRequest,
  AllowedCallersResult,
  CreateInvitationRequest,
  DoneResult,
  InvitationsResult,
  MyAdmission,
  RevokeInvitationRequest,
} from '../../src/manager/candid/admission.ts';
import { ActionRequest, ActionResult, CreateGreeterResult } from '../../src/manager/candid/job.ts';
import { program } from '../localnet/support/program.ts';
import { programmableCanister } from '../localnet/support/programmable-canister.ts';
import { alice, bob, ManagerFixture, operator, sha256, tag, user } from '../support/manager-fixture.ts';
import type { GreeterRequest } from '../support/manager-fixture.ts';
import { jobVerb } from './operators/support-jobs.ts';

const trillion = 1_000_000_000_000n;
const dayNanos = 24n * 3_600_000_000_000n;
const fixture = new ManagerFixture();
const { network, managerId } = fixture;
const management = managementClient(network, operator);
const buyer = management.createCanister({ cycles: 1_000n * trillion });
management.installCode(buyer, { module: programmableCanister() });
const deployed = network.checkpoint();
let requests = 0;

beforeEach(() => {
  network.restore(deployed);
});

/** One more request id; none is used twice. */
function request(): { requestId: string; reason: string } {
  requests += 1;
  return { requestId: `request-${requests}`, reason: 'test' };
}

function change(method: 'allowCaller' | 'disallowCaller', caller: Principal): unknown {
  return fixture.update(operator, method, [AllowedCallerRequest], DoneResult, [{ caller, ...request() }]);
}

function invite(code: string, uses: number, expiresAt?: bigint): unknown {
  const codeHash = sha256(new TextEncoder().encode(code));
  const value = { codeHash, uses, expiresAt: expiresAt === undefined ? [] : [expiresAt], ...request() };
  return fixture.update(operator, 'createInvitation', [CreateInvitationRequest], DoneResult, [value]);
}

function invitations(): { usesLeft: number }[] {
  const listed = fixture.query(operator, 'listInvitations', [IDL.Opt(IDL.Null)], InvitationsResult, [[]]);
  return (listed as { Ok: { rows: { usesLeft: number }[] } }).Ok.rows;
}

function myAdmission(sender: Principal): { policy: object; creditCycles: bigint } {
  return fixture.query(sender, 'getMyAdmission', [], MyAdmission, []) as never;
}

function cancel(jobId: bigint, sender: Principal): unknown {
  const value = { jobId, ...request(), expectedVersion: [] };
  return fixture.update(sender, 'cancelJob', [ActionRequest], ActionResult, [value]);
}

/** What a refused request must leave as it was. */
function visibleState(): unknown {
  return { stats: { ...fixture.stats(), cyclesBalance: undefined }, invitations: invitations() };
}

const notAdmitted = (policy: string): object => ({ Err: { NotAdmitted: { policy } } });

describe('the policy allowList', () => {
  beforeEach(() => {
    fixture.configure({ admission: { allowList: null } });
  });

  test('admits who is on the list, for as long as they are, and their jobs go on afterwards', () => {
    const before = visibleState();
    expect(fixture.tryCreateGreeter(alice)).toEqual(notAdmitted('allowList'));
    expect(visibleState()).toEqual(before);
    expect(change('allowCaller', alice)).toEqual({ Ok: null });
    const { id } = fixture.createGreeter(alice, { idempotencyKey: 'k' });
    expect(fixture.tryCreateGreeter(bob)).toEqual(notAdmitted('allowList'));
    expect(change('disallowCaller', alice)).toEqual({ Ok: null });
    expect(fixture.tryCreateGreeter(alice)).toEqual(notAdmitted('allowList'));
    expect(fixture.tryCreateGreeter(alice, { idempotencyKey: 'k' })).toMatchObject({
      Ok: { outcome: { existing: null }, job: { id } },
    });
    fixture.settle(id);
    fixture.expectProvisioned(id, alice);
  });

  test('shows the list to those who have a role, and only they change it', () => {
    for (const caller of [alice, bob, alice]) change('allowCaller', caller);
    change('disallowCaller', user(1));
    const list = (sender: Principal): unknown =>
      fixture.query(sender, 'listAllowedCallers', [IDL.Opt(IDL.Null)], AllowedCallersResult, [[]]);
    expect(list(operator)).toMatchObject({ Ok: { rows: [{ caller: alice }, { caller: bob }] } });
    expect(list(alice)).toEqual({ Err: { NotAuthorized: null } });
    expect(() => fixture.update(alice, 'allowCaller', [], DoneResult, [])).toThrow('IC0406');
  });

  test('a request repeated with the same request id is done once', () => {
    const value = { caller: alice, requestId: 'once', reason: 'test' };
    const allow = (): unknown =>
      fixture.update(operator, 'allowCaller', [AllowedCallerRequest], DoneResult, [value]);
    expect(allow()).toEqual({ Ok: null });
    change('disallowCaller', alice);
    expect(allow()).toEqual({ Ok: null });
    expect(fixture.tryCreateGreeter(alice)).toEqual(notAdmitted('allowList'));
  });
});

describe('the policy invitation', () => {
  const code = 'a long and random code';
  const withCode = { invitationCode: code };

  beforeEach(() => {
    fixture.configure({ admission: { invitation: null } });
  });

  test('admits as many requests as the code has uses, and tells nobody which codes exist', () => {
    invite(code, 2);
    const before = visibleState();
    for (const wrong of [undefined, { invitationCode: 'guessed' }]) {
      expect(fixture.tryCreateGreeter(alice, wrong)).toEqual(notAdmitted('invitation'));
    }
    expect(fixture.tryCreateGreeter(alice, { invitationCode: 'x'.repeat(65) })).toMatchObject({
      Err: { InvalidRequest: { field: 'invitationCode' } },
    });
    expect(visibleState()).toEqual(before);
    fixture.createGreeter(alice, { ...withCode, idempotencyKey: 'k' });
    expect(invitations()).toMatchObject([{ usesLeft: 1 }]);
    // The same key is the same job: no use is consumed, whatever code comes with it.
    expect(fixture.tryCreateGreeter(alice, { idempotencyKey: 'k' })).toHaveProperty('Ok.outcome.existing');
    expect(invitations()).toMatchObject([{ usesLeft: 1 }]);
    fixture.createGreeter(bob, withCode);
    expect(fixture.tryCreateGreeter(bob, withCode)).toEqual(notAdmitted('invitation'));
  });

  test('admits nobody once the code has expired or was revoked', () => {
    invite(code, 5, network.timeNanos + dayNanos);
    expect(tag(fixture.tryCreateGreeter(alice, withCode))).toBe('Ok');
    network.runFor(Number(dayNanos / 1_000_000n));
    expect(fixture.tryCreateGreeter(alice, withCode)).toEqual(notAdmitted('invitation'));
    invite(code, 1);
    expect(tag(fixture.tryCreateGreeter(alice, withCode))).toBe('Ok');
    invite(code, 1);
    const value = { codeHash: sha256(new TextEncoder().encode(code)), ...request() };
    const revoked = fixture.update(operator, 'revokeInvitation', [RevokeInvitationRequest], DoneResult, [
      value,
    ]);
    expect(revoked).toEqual({ Ok: null });
    expect(fixture.tryCreateGreeter(alice, withCode)).toEqual(notAdmitted('invitation'));
    expect(invitations()).toEqual([]);
  });

  test('does not come back with a canister that was created: one use would create them without end', () => {
    invite(code, 1);
    const { id } = fixture.createGreeter(alice, withCode);
    while (fixture.job(id).greeterId.length === 0) network.step();
    expect(tag(cancel(id, alice) as never)).toBe('Ok');
    expect(tag(fixture.settle(id).status)).toBe('compensated');
    expect(invitations()).toMatchObject([{ usesLeft: 0 }]);
  });

  test('gives a use back when the job is cancelled, and keeps it when the Greeter was made', () => {
    invite(code, 1);
    const cancelled = fixture.createGreeter(alice, withCode);
    expect(invitations()).toMatchObject([{ usesLeft: 0 }]);
    expect(tag(cancel(cancelled.id, alice) as never)).toBe('Ok');
    expect(tag(fixture.settle(cancelled.id).status)).toBe('compensated');
    expect(invitations()).toMatchObject([{ usesLeft: 1 }]);
    fixture.settle(fixture.createGreeter(bob, withCode).id);
    expect(invitations()).toMatchObject([{ usesLeft: 0 }]);
  });

  test.each([
    ['codeHash', { codeHash: new Uint8Array(31) }],
    ['uses', { uses: 0 }],
    ['uses', { uses: 10_001 }],
    ['expiresAt', { expiresAt: [1n] }],
  ])('with a bad %s is refused, and there is none', (field, wrong) => {
    const value = { codeHash: new Uint8Array(32), uses: 1, expiresAt: [], ...request(), ...wrong };
    const parameters = [CreateInvitationRequest];
    expect(fixture.update(operator, 'createInvitation', parameters, DoneResult, [value])).toMatchObject({
      Err: { InvalidRequest: { field } },
    });
    expect(invitations()).toEqual([]);
  });
});

describe('the policy paid', () => {
  const price = 2n * trillion;

  beforeEach(() => {
    fixture.configure({ admission: { paid: { priceCycles: price } } });
  });

  /** A request that the buyer, a canister, makes with cycles attached. */
  function buy(
    cycles: bigint,
    wanted?: GreeterRequest,
  ): { result: Record<string, object>; refunded: bigint } {
    const arg = fixture.encodeCreateGreeter(wanted);
    const onReply = program().appendNumber('refunded').appendArgument().reply();
    const method = 'createGreeter';
    const bytes = network.update({
      sender: operator,
      canisterId: buyer,
      method: 'run',
      arg: program().call({ to: managerId, method, arg, cycles, onReply }).bytes,
    });
    const refunded = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
    const [result] = IDL.decode([CreateGreeterResult], Uint8Array.from(bytes.subarray(8))) as unknown as [
      Record<string, object>,
    ];
    return { result, refunded };
  }

  test('takes exactly the price of a canister that attaches more, for a job that is new', () => {
    const before = network.canister(managerId).cycles;
    const bought = buy(3n * trillion, { idempotencyKey: 'k' });
    expect(bought.refunded).toBe(trillion);
    expect(bought.result).toHaveProperty('Ok.outcome.created');
    // The message that took the price also cost the Manager a little.
    const gained = network.canister(managerId).cycles - before;
    expect(gained < price && gained > price - trillion / 100n).toBe(true);
    const again = buy(3n * trillion, { idempotencyKey: 'k' });
    expect(again.refunded).toBe(3n * trillion);
    expect(again.result).toHaveProperty('Ok.outcome.existing');
    fixture.settle(1n);
    fixture.expectProvisioned(1n, buyer);
  });

  test('takes nothing of who attaches less, nor of who is refused for another reason', () => {
    const before = visibleState();
    const poor = buy(price - 1n);
    expect(poor).toEqual({
      result: { Err: { PaymentRequired: { priceCycles: price, attached: price - 1n, credit: 0n } } },
      refunded: price - 1n,
    });
    expect(fixture.tryCreateGreeter(alice)).toEqual({
      Err: { PaymentRequired: { priceCycles: price, attached: 0n, credit: 0n } },
    });
    expect(visibleState()).toEqual(before);
    fixture.configure({ totalBudgetCycles: { cycles: 1n } });
    expect(buy(price)).toMatchObject({ result: { Err: { BudgetExhausted: {} } }, refunded: price });
    const invalid = buy(price, { greeting: 'g'.repeat(65) });
    expect(invalid).toMatchObject({ result: { Err: { InvalidRequest: {} } }, refunded: price });
  });

  test('counts what is about to be paid: a poor Manager can still make Greeters that are paid for', () => {
    const poor = fixture.stats().cyclesBalance as unknown as bigint;
    fixture.configure({ managerReserveCycles: poor - trillion });
    expect(buy(price).result).toHaveProperty('Ok.outcome.created');
    fixture.configure({ admission: { open: null } });
    expect(fixture.tryCreateGreeter(alice)).toMatchObject({ Err: { InsufficientCycles: {} } });
  });

  test('gives the price back as a credit when the job is undone, which pays for the next request', () => {
    buy(price, { idempotencyKey: 'first' });
    expect(tag(cancel(1n, operator) as never)).toBe('Ok');
    expect(tag(fixture.settle(1n).status)).toBe('compensated');
    expect(myAdmission(buyer)).toMatchObject({
      policy: { paid: { priceCycles: price } },
      creditCycles: price,
    });
    expect(myAdmission(alice).creditCycles).toBe(0n);
    const next = buy(trillion, { idempotencyKey: 'second' });
    expect(next.result).toHaveProperty('Ok.outcome.created');
    expect(next.refunded).toBe(trillion);
    expect(myAdmission(buyer).creditCycles).toBe(0n);
    fixture.settle(2n);
    fixture.expectProvisioned(2n, buyer);
    expect(myAdmission(buyer).creditCycles).toBe(0n);
  });

  test('gives back what an undone job did not cost: the canister it had is kept for the next job, its creation is lost', () => {
    buy(price);
    while (fixture.job(1n).greeterId.length === 0) network.step();
    expect(tag(cancel(1n, operator) as never)).toBe('Ok');
    const { cyclesSpent } = fixture.settle(1n);
    const { creditCycles } = myAdmission(buyer);
    expect(creditCycles).toBeLessThan(price - trillion / 4n);
    expect(creditCycles).toBeGreaterThan(price - cyclesSpent + trillion / 2n);
  });

  test('gives back all of it when the creation of a job that is being cancelled was refused', () => {
    network.faults.add(
      { callee: managementCanisterId, method: 'create_canister' },
      { kind: 'delay', milliseconds: 60_000 },
    );
    buy(price);
    network.run();
    expect(tag(cancel(1n, operator) as never)).toBe('Ok');
    // What was attached comes back with the very answer that ends the job.
    network.setCreationFee(100n * trillion);
    expect(tag(fixture.settle(1n).status)).toBe('compensated');
    expect(myAdmission(buyer).creditCycles).toBeGreaterThan(price - trillion / 100n);
  });

  test('gives the price back, too, when an operator ends the job', () => {
    const rejection = { rejectCode: 2, errorCode: 'IC0204', message: 'busy' } as const;
    const match = { callee: managementCanisterId, method: 'create_canister' };
    network.faults.add(match, { kind: 'reject', rejection });
    buy(price);
    network.run();
    expect(tag(jobVerb(fixture, 'terminateJob', 1n))).toBe('Ok');
    expect(tag(fixture.job(1n).status)).toBe('terminated');
    expect(myAdmission(buyer).creditCycles).toBe(price);
    expect(fixture.stats()).toMatchObject({ cyclesReserved: 0n });
  });

  test('takes what a credit does not cover from what is attached', () => {
    buy(price);
    cancel(1n, operator);
    fixture.settle(1n);
    fixture.configure({ admission: { paid: { priceCycles: 5n * trillion } } });
    expect(buy(2n * trillion).result).toEqual({
      Err: { PaymentRequired: { priceCycles: 5n * trillion, attached: 2n * trillion, credit: price } },
    });
    expect(buy(4n * trillion)).toMatchObject({ refunded: trillion });
    expect(myAdmission(buyer).creditCycles).toBe(0n);
  });
});

test('attached cycles are left alone where nothing is to be paid', () => {
  const arg = fixture.encodeCreateGreeter();
  const onReply = program().appendNumber('refunded').reply();
  const call = { to: managerId, method: 'createGreeter', arg, cycles: trillion, onReply };
  const bytes = network.update({
    sender: operator,
    canisterId: buyer,
    method: 'run',
    arg: program().call(call).bytes,
  });
  expect(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true)).toBe(trillion);
});
