import type { Principal } from '@dfinity/principal';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { DoneResult, JobStatus } from '../../../src/client/generated/manager.ts';
import { variantName } from '../../../src/client/index.ts';
import { operator, sha256 } from '../../support/manager-modules.ts';
import { ok, optional, type PicManager } from '../../support/pocket-ic-manager.ts';
import { managersOfThisFile } from '../../support/pocket-ic-managers.ts';
import { Buyer } from './support/buyer.ts';

const trillion = 1_000_000_000_000n;
const dayMs = 24 * 3_600_000;
const createManager = managersOfThisFile();
let manager: PicManager;
/** Everything below changes one and the same configuration, which each test begins by setting. */
let asOperator: ReturnType<PicManager['as']>;
let alice: Principal;
let bob: Principal;

beforeAll(async () => {
  manager = await createManager();
  asOperator = manager.as(operator);
});

beforeEach(() => {
  [alice, bob] = [manager.newUser(), manager.newUser()];
});

async function allow(caller: Principal): Promise<DoneResult> {
  return asOperator.allowCaller({ caller, ...manager.request() });
}

async function disallow(caller: Principal): Promise<DoneResult> {
  return asOperator.disallowCaller({ caller, ...manager.request() });
}

async function invite(code: string, uses: number, expiresAt?: bigint): Promise<void> {
  const invitation = { codeHash: sha256(code), uses, expiresAt: optional(expiresAt), ...manager.request() };
  ok(await asOperator.createInvitation(invitation));
}

/** How often the code still admits; undefined when there is no such code. */
async function usesLeft(code: string): Promise<number | undefined> {
  const { rows } = ok(await asOperator.listInvitations([{ cursor: [], limit: [100] }]));
  return rows.find(({ codeHash }) => Buffer.compare(codeHash as Uint8Array, sha256(code)) === 0)?.usesLeft;
}

/** Cancels a job and waits until it is undone. */
async function cancelAndSettle(id: bigint, sender: Principal): Promise<JobStatus> {
  ok(await manager.as(sender).cancelJob(manager.jobRequest(id)));
  const job = await manager.settle(id);
  expect(variantName(job.status)).toBe('compensated');
  return job;
}

/** Does something while requests are accepted and none is begun. */
async function whileNothingStarts(act: () => Promise<void>): Promise<void> {
  ok(await asOperator.prepareUpgrade(manager.request()));
  await act();
  ok(await asOperator.resumeQueue(manager.request()));
}

/** What a refused request must leave as it was. */
async function visibleState(): Promise<unknown> {
  const invitations = await asOperator.listInvitations([]);
  return { stats: { ...(await manager.stats()), cyclesBalance: undefined }, invitations };
}

const notAdmitted = (policy: string): object => ({ Err: { NotAdmitted: { policy } } });

describe('the policy allowList', () => {
  beforeEach(async () => {
    ok(await manager.configure({ admission: { allowList: null } }));
  });

  test('admits who is on the list, for as long as they are, and their jobs go on afterwards', async () => {
    await manager.rest();
    const before = await visibleState();
    expect(await manager.tryCreateGreeter(alice)).toEqual(notAdmitted('allowList'));
    expect(await visibleState()).toEqual(before);
    expect(await allow(alice)).toEqual({ Ok: null });
    const { id } = await manager.createGreeter(alice, { idempotencyKey: 'k' });
    expect(await manager.tryCreateGreeter(bob)).toEqual(notAdmitted('allowList'));
    expect(await disallow(alice)).toEqual({ Ok: null });
    expect(await manager.tryCreateGreeter(alice)).toEqual(notAdmitted('allowList'));
    expect(await manager.tryCreateGreeter(alice, { idempotencyKey: 'k' })).toMatchObject({
      Ok: { outcome: { existing: null }, job: { id } },
    });
    await manager.settle(id);
    await manager.expectProvisioned(id, alice);
  });

  test('shows the list to those who have a role, and only they change it', async () => {
    for (const caller of [alice, bob, alice]) ok(await allow(caller));
    ok(await disallow(manager.newUser()));
    const { rows } = ok(await asOperator.listAllowedCallers([]));
    expect(rows.map(({ caller }) => caller.toText())).toEqual([alice.toText(), bob.toText()]);
    expect(await manager.as(alice).listAllowedCallers([])).toEqual({ Err: { NotAuthorized: null } });
    const request = { caller: alice, ...manager.request() };
    await expect(manager.as(alice).allowCaller(request)).rejects.toThrow('CanisterRejectedMessage');
  });

  test('a request repeated with the same request id is done once', async () => {
    const request = { caller: alice, ...manager.request() };
    expect(await asOperator.allowCaller(request)).toEqual({ Ok: null });
    ok(await disallow(alice));
    expect(await asOperator.allowCaller(request)).toEqual({ Ok: null });
    expect(await manager.tryCreateGreeter(alice)).toEqual(notAdmitted('allowList'));
  });
});

describe('the policy invitation', () => {
  let code: string;
  let codes = 0;

  beforeEach(async () => {
    ok(await manager.configure({ admission: { invitation: null } }));
    codes += 1;
    code = `a long and random code ${codes}`;
  });

  test('admits as many requests as the code has uses, and tells nobody which codes exist', async () => {
    await manager.rest();
    await invite(code, 2);
    const before = await visibleState();
    for (const wrong of [{}, { invitationCode: 'guessed' }]) {
      expect(await manager.tryCreateGreeter(alice, wrong)).toEqual(notAdmitted('invitation'));
    }
    expect(await manager.tryCreateGreeter(alice, { invitationCode: 'x'.repeat(65) })).toMatchObject({
      Err: { InvalidRequest: { field: 'invitationCode' } },
    });
    expect(await visibleState()).toEqual(before);
    await manager.createGreeter(alice, { invitationCode: code, idempotencyKey: 'k' });
    expect(await usesLeft(code)).toBe(1);
    // The same key is the same job: no use is consumed, whatever code comes with it.
    const again = await manager.tryCreateGreeter(alice, { idempotencyKey: 'k' });
    expect(again).toHaveProperty('Ok.outcome.existing');
    expect(await usesLeft(code)).toBe(1);
    await manager.createGreeter(bob, { invitationCode: code });
    const used = await manager.tryCreateGreeter(bob, { invitationCode: code });
    expect(used).toEqual(notAdmitted('invitation'));
  });

  test('admits nobody once the code has expired or was revoked', async () => {
    const request = { invitationCode: code };
    await invite(code, 5, BigInt((await manager.pic.getTime()) + dayMs) * 1_000_000n);
    expect(await manager.tryCreateGreeter(alice, request)).toHaveProperty('Ok');
    await manager.elapse(dayMs);
    expect(await manager.tryCreateGreeter(alice, request)).toEqual(notAdmitted('invitation'));
    await invite(code, 1);
    expect(await manager.tryCreateGreeter(alice, request)).toHaveProperty('Ok');
    await invite(code, 1);
    const revoked = await asOperator.revokeInvitation({ codeHash: sha256(code), ...manager.request() });
    expect(revoked).toEqual({ Ok: null });
    expect(await manager.tryCreateGreeter(alice, request)).toEqual(notAdmitted('invitation'));
    expect(await usesLeft(code)).toBe(undefined);
  });

  test('does not come back with a canister that was created: one use would create them without end', async () => {
    await invite(code, 1);
    const { id } = await manager.createGreeter(alice, { invitationCode: code });
    await manager.untilCreated(id);
    await cancelAndSettle(id, alice);
    expect(await usesLeft(code)).toBe(0);
  });

  test('gives a use back when the job is cancelled, and keeps it when the Greeter was made', async () => {
    await invite(code, 1);
    await whileNothingStarts(async () => {
      const { id } = await manager.createGreeter(alice, { invitationCode: code });
      expect(await usesLeft(code)).toBe(0);
      await cancelAndSettle(id, alice);
    });
    expect(await usesLeft(code)).toBe(1);
    await manager.provisionedGreeter(bob, { invitationCode: code });
    expect(await usesLeft(code)).toBe(0);
  });

  test.each([
    ['codeHash', { codeHash: new Uint8Array(31) }],
    ['uses', { uses: 0 }],
    ['uses', { uses: 10_001 }],
    ['expiresAt', { expiresAt: [1n] as [bigint] }],
  ])('with a bad %s is refused, and there is none', async (field, wrong) => {
    const before = ok(await asOperator.listInvitations([])).rows.length;
    const good = { codeHash: sha256(code), uses: 1, expiresAt: [] as [], ...manager.request() };
    expect(await asOperator.createInvitation({ ...good, ...wrong })).toMatchObject({
      Err: { InvalidRequest: { field } },
    });
    expect(ok(await asOperator.listInvitations([])).rows).toHaveLength(before);
  });
});

describe('the policy paid', () => {
  const price = 2n * trillion;
  let buyer: Buyer;

  beforeEach(async () => {
    ok(await manager.configure({ admission: { paid: { priceCycles: price } } }));
    buyer = await Buyer.create(manager);
  });

  async function creditCycles(of: Principal = buyer.id): Promise<bigint> {
    return (await manager.as(of).getMyAdmission()).creditCycles;
  }

  async function onlyJob(): Promise<bigint> {
    const { jobs } = await manager.as(buyer.id).listMyJobs([]);
    expect(jobs).toHaveLength(1);
    return jobs[0]?.id ?? 0n;
  }

  /** What the buyer has paid for is undone before anything was spent on it. */
  async function buyAndCancel(idempotencyKey: string): Promise<void> {
    await whileNothingStarts(async () => {
      await buyer.buy(price, { idempotencyKey });
      await cancelAndSettle(await onlyJob(), operator);
    });
  }

  test('takes exactly the price of a canister that attaches more, for a job that is new', async () => {
    await whileNothingStarts(async () => {
      const before = await manager.cycles();
      const bought = await buyer.buy(3n * trillion, { idempotencyKey: 'k' });
      expect(bought.refunded).toBe(trillion);
      expect(bought.result).toHaveProperty('Ok.outcome.created');
      // The message that took the price also cost the Manager a little.
      const gained = (await manager.cycles()) - before;
      expect(gained).toBeLessThan(price);
      expect(gained).toBeGreaterThan(price - trillion / 100n);
      const again = await buyer.buy(3n * trillion, { idempotencyKey: 'k' });
      expect(again.refunded).toBe(3n * trillion);
      expect(again.result).toHaveProperty('Ok.outcome.existing');
    });
    const id = await onlyJob();
    expect(variantName((await manager.settle(id)).status)).toBe('completed');
    const { greeters } = await manager.as(buyer.id).listMyGreeters([]);
    expect(greeters.map(({ jobId }) => jobId)).toEqual([id]);
  });

  test('takes nothing of who attaches less, nor of who is refused for another reason', async () => {
    await manager.rest();
    const before = await visibleState();
    expect(await buyer.buy(price - 1n)).toEqual({
      result: { Err: { PaymentRequired: { priceCycles: price, attached: price - 1n, credit: 0n } } },
      refunded: price - 1n,
    });
    expect(await manager.tryCreateGreeter(alice)).toEqual({
      Err: { PaymentRequired: { priceCycles: price, attached: 0n, credit: 0n } },
    });
    expect(await visibleState()).toEqual(before);
    ok(await manager.configure({ totalBudgetCycles: { cycles: 1n } }));
    const overBudget = await buyer.buy(price);
    expect(overBudget).toMatchObject({ result: { Err: { BudgetExhausted: {} } }, refunded: price });
    ok(await manager.configure({ totalBudgetCycles: { unlimited: null } }));
    const invalid = await buyer.buy(price, { greeting: 'g'.repeat(65) });
    expect(invalid).toMatchObject({ result: { Err: { InvalidRequest: {} } }, refunded: price });
  });

  test('counts what is about to be paid: a poor Manager can still make Greeters that are paid for', async () => {
    const { managerReserveCycles } = ok(await asOperator.getConfig());
    ok(await manager.configure({ managerReserveCycles: (await manager.cycles()) - trillion }));
    expect((await buyer.buy(price)).result).toHaveProperty('Ok.outcome.created');
    ok(await manager.configure({ admission: { open: null } }));
    expect(await manager.tryCreateGreeter(alice)).toHaveProperty('Err.InsufficientCycles');
    ok(await manager.configure({ managerReserveCycles }));
  });

  test('gives the price back as a credit when the job is undone, which pays for the next request', async () => {
    await buyAndCancel('first');
    expect(await manager.as(buyer.id).getMyAdmission()).toMatchObject({
      policy: { paid: { priceCycles: price } },
      creditCycles: price,
    });
    expect(await creditCycles(alice)).toBe(0n);
    const next = await buyer.buy(trillion, { idempotencyKey: 'second' });
    expect(next.refunded).toBe(trillion);
    expect(await creditCycles()).toBe(0n);
    const { id } = ok(next.result).job;
    expect(variantName((await manager.settle(id)).status)).toBe('completed');
    expect(await creditCycles()).toBe(0n);
  });

  test('gives back what an undone job did not cost: the canister it had is kept for the next job, its creation is lost', async () => {
    const { id } = ok((await buyer.buy(price)).result).job;
    await manager.untilCreated(id);
    const { cyclesSpent } = await cancelAndSettle(id, operator);
    expect(await creditCycles()).toBeLessThan(price - trillion / 4n);
    expect(await creditCycles()).toBeGreaterThan(price - cyclesSpent + trillion / 2n);
  });

  test('takes what a credit does not cover from what is attached', async () => {
    await buyAndCancel('first');
    ok(await manager.configure({ admission: { paid: { priceCycles: 5n * trillion } } }));
    expect((await buyer.buy(2n * trillion)).result).toEqual({
      Err: { PaymentRequired: { priceCycles: 5n * trillion, attached: 2n * trillion, credit: price } },
    });
    expect(await buyer.buy(4n * trillion)).toMatchObject({ refunded: trillion });
    expect(await creditCycles()).toBe(0n);
  });
});

test('attached cycles are left alone where nothing is to be paid', async () => {
  ok(await manager.configure({ admission: { open: null } }));
  const buyer = await Buyer.create(manager);
  expect((await buyer.buy(trillion)).refunded).toBe(trillion);
});
