import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { canisterCreationFeeCycles } from '../../../src/localnet/fees.ts';
import { canisterIdOfNumber, firstCanisterNumber } from '../../../src/localnet/canister-ids.ts';
import { type CandidSettings, noSettings } from '../../../src/localnet/management/candid-settings.ts';
import * as signatures from '../../../src/localnet/management/signatures.ts';
import type { CanisterState } from '../../../src/localnet/state.ts';
import { alice, bob, ManagementHarness } from './management-harness.ts';
import { rejectionOf } from './rejection-of.ts';

function create(
  harness: ManagementHarness,
  creator: CanisterState,
  cycles: bigint,
  settings: Partial<CandidSettings> = {},
  senderVersion: [] | [bigint] = [],
): CanisterState {
  const argument = {
    settings: [{ ...noSettings, ...settings }] as [CandidSettings],
    sender_canister_version: senderVersion,
  };
  const created = harness.invoke(creator, 'create_canister', signatures.createCanister, argument, { cycles });
  return harness.canister(created.canister_id);
}

describe('create_canister', () => {
  test('takes the fee from the attached cycles and leaves the rest as balance', () => {
    const harness = new ManagementHarness();
    const creator = harness.addCanister();
    const before = creator.cycles;
    const created = create(harness, creator, canisterCreationFeeCycles + 7n);
    expect(created.cycles).toBe(7n);
    expect(creator.cycles).toBe(before - canisterCreationFeeCycles - 7n);
    expect(harness.state.cycles.burned).toBe(canisterCreationFeeCycles);
  });

  test('takes the fee there is at that time', () => {
    const harness = new ManagementHarness();
    const creator = harness.addCanister();
    harness.state.creationFeeCycles = 5n * canisterCreationFeeCycles;
    const rejection = rejectionOf(() => create(harness, creator, 5n * canisterCreationFeeCycles - 1n));
    expect(rejection.message).toContain(`requires a fee of ${5n * canisterCreationFeeCycles} `);
    expect(harness.state.cycles.burned).toBe(0n);
    expect(create(harness, creator, 5n * canisterCreationFeeCycles + 7n).cycles).toBe(7n);
    expect(harness.state.cycles.burned).toBe(5n * canisterCreationFeeCycles);
  });

  test('makes an empty running canister of version 0 that its creator controls', () => {
    const harness = new ManagementHarness();
    const creator = harness.addCanister();
    const created = create(harness, creator, canisterCreationFeeCycles);
    expect(created).toMatchObject({ status: 'running', version: 0n, code: undefined });
    expect(created.settings.controllers).toEqual([creator.id]);
  });

  test('with too few cycles creates nothing and refunds all', () => {
    const harness = new ManagementHarness();
    const creator = harness.addCanister();
    const before = { cycles: creator.cycles, canisters: harness.state.canisters.size };
    const rejection = rejectionOf(() => create(harness, creator, canisterCreationFeeCycles - 1n));
    expect(rejection).toMatchObject({ rejectCode: 4, errorCode: 'IC0403' });
    expect(rejection.message).toContain(
      "Creating a canister requires a fee of 500000000000 that is deducted from the canister's initial balance " +
        'but only 499999999999 cycles were received with the create_canister request.',
    );
    expect({ cycles: creator.cycles, canisters: harness.state.canisters.size }).toEqual(before);
  });

  test('with settings out of range creates nothing and refunds all', () => {
    const harness = new ManagementHarness();
    const creator = harness.addCanister();
    const before = creator.cycles;
    const rejection = rejectionOf(() =>
      create(harness, creator, canisterCreationFeeCycles, { compute_allocation: [101n] }),
    );
    expect(rejection.errorCode).toBe('IC0504');
    expect(creator.cycles).toBe(before);
    expect(harness.state.canisters.size).toBe(1);
  });

  test('with an allocation that the rest of the cycles cannot carry creates nothing and refunds all', () => {
    const harness = new ManagementHarness();
    const creator = harness.addCanister(100_000_000_000_000n);
    const before = creator.cycles;
    // Thirty days of a hundredth of a core, and of four gibibytes.
    const [oneGibibyte, oneFreezingThreshold] = [1_073_741_824n, 2_592_000n];
    const compute = 10_000_000n * oneFreezingThreshold;
    const memory = 4n * 127_000n * oneFreezingThreshold;
    for (const [settings, limit, errorCode, text] of [
      [{ compute_allocation: [1n] }, compute, 'IC0530', 'compute allocation to 1%'],
      [{ memory_allocation: [4n * oneGibibyte] }, memory, 'IC0531', 'memory allocation to 4294967296 B'],
    ] as const) {
      const given = { ...settings } as unknown as Partial<CandidSettings>;
      const attempt = (balance: bigint) =>
        create(harness, creator, canisterCreationFeeCycles + balance, given);
      const rejection = rejectionOf(() => attempt(limit - 1n));
      expect(rejection).toMatchObject({ rejectCode: 5, errorCode });
      expect(rejection.message).toMatch(
        new RegExp(`^Cannot increase ${text} due to insufficient cycles. At least 1 additional cycles are`),
      );
      expect(creator.cycles).toBe(before);
      expect(harness.state.canisters.size).toBe(1);
    }
    const created = create(harness, creator, canisterCreationFeeCycles + compute, {
      compute_allocation: [1n],
    });
    expect(created.settings.computeAllocation).toBe(1n);
  });

  test('with a freezing threshold of any length creates a canister, as it occupies nothing yet', () => {
    const harness = new ManagementHarness();
    const settings: Partial<CandidSettings> = { freezing_threshold: [2n ** 64n - 1n] };
    expect(create(harness, harness.addCanister(), canisterCreationFeeCycles, settings).cycles).toBe(0n);
  });

  test('stamps the birth into the history: origin, controllers and the hash of the environment', () => {
    const harness = new ManagementHarness();
    const creator = harness.addCanister();
    const created = create(
      harness,
      creator,
      canisterCreationFeeCycles,
      { controllers: [[bob]], environment_variables: [[{ name: 'SAGA_ID', value: '42' }]] },
      [creator.version],
    );
    const hash = (...parts: (string | Uint8Array)[]) =>
      parts.reduce((sha, part) => sha.update(part), createHash('sha256')).digest();
    expect(created.history).toEqual({
      totalChanges: 1n,
      recent: [
        {
          timestampNanos: harness.services.timeNanos,
          canisterVersion: 0n,
          origin: { kind: 'canister', canisterId: creator.id, canisterVersion: creator.version },
          details: {
            kind: 'creation',
            controllers: [bob],
            environmentVariablesHash: Uint8Array.from(hash(hash('SAGA_ID'), hash('42'))),
          },
        },
      ],
    });
  });

  test('the birth record has no hash when no environment was given', () => {
    const harness = new ManagementHarness();
    const created = create(harness, harness.addCanister(), canisterCreationFeeCycles);
    expect(created.history.recent[0]?.details).toMatchObject({ environmentVariablesHash: undefined });
  });
});

describe('provisional_create_canister_with_cycles', () => {
  test('gives a user a canister with 100 trillion cycles, or with the amount asked for', () => {
    const harness = new ManagementHarness();
    const client = harness.client(alice);
    expect(harness.canister(client.createCanister()).cycles).toBe(100_000_000_000_000n);
    expect(harness.canister(client.createCanister({ cycles: 5n })).cycles).toBe(5n);
  });

  test('an amount beyond 2^128 fills the canister', () => {
    const harness = new ManagementHarness();
    const canister = harness.canister(harness.client(alice).createCanister({ cycles: 2n ** 130n }));
    expect(canister.cycles).toBe(2n ** 128n - 1n);
  });

  test('an allocation must be carried by the amount, of which no fee is taken', () => {
    const harness = new ManagementHarness();
    const limit = 10_000_000n * 2_592_000n;
    const attempt = (cycles: bigint) =>
      harness.client(alice).createCanister({ cycles, settings: { compute_allocation: 1n } });
    expect(rejectionOf(() => attempt(limit - 1n)).errorCode).toBe('IC0530');
    expect(harness.state.canisters.size).toBe(0);
    expect(harness.canister(attempt(limit)).settings.computeAllocation).toBe(1n);
  });

  test('the user is the controller and the origin of the first history entry', () => {
    const harness = new ManagementHarness();
    const canister = harness.canister(harness.client(bob).createCanister());
    expect(canister.settings.controllers).toEqual([bob]);
    expect(canister.history.recent[0]?.origin).toEqual({ kind: 'user', userId: bob });
  });

  test('a specified id is used once', () => {
    const harness = new ManagementHarness();
    const specifiedId = canisterIdOfNumber(firstCanisterNumber + 5n);
    expect(harness.client(alice).createCanister({ specifiedId }).toText()).toBe(specifiedId.toText());
    expect(rejectionOf(() => harness.client(alice).createCanister({ specifiedId }))).toEqual({
      rejectCode: 2,
      errorCode: 'IC0205',
      message: `Unsuccessful canister creation: canister id ${specifiedId.toText()} already exists.`,
    });
  });

  test('a specified id outside the range is refused', () => {
    const call = () =>
      new ManagementHarness().client(alice).createCanister({ specifiedId: canisterIdOfNumber(7n) });
    expect(rejectionOf(call)).toMatchObject({ rejectCode: 4, errorCode: 'IC0405' });
  });

  test('cycles attached by a canister come back', () => {
    const harness = new ManagementHarness();
    const caller = harness.addCanister();
    const before = caller.cycles;
    const argument: signatures.ProvisionalCreateArgument = {
      amount: [1n],
      settings: [],
      specified_id: [],
      sender_canister_version: [],
    };
    const method = 'provisional_create_canister_with_cycles';
    harness.invoke(caller, method, signatures.provisionalCreateCanisterWithCycles, argument, { cycles: 99n });
    expect(caller.cycles).toBe(before);
  });
});

describe('provisional_top_up_canister and deposit_cycles', () => {
  test('anybody tops up any canister, up to what a balance can hold', () => {
    const harness = new ManagementHarness();
    const target = harness.addCanister(3n);
    harness.client(bob).topUpCanister(target.id, 4n);
    expect(target.cycles).toBe(7n);
    harness.client(bob).topUpCanister(target.id, 2n ** 200n);
    expect(target.cycles).toBe(2n ** 128n - 1n);
  });

  test('a deposit moves all attached cycles to a canister the caller does not control', () => {
    const harness = new ManagementHarness();
    const giver = harness.addCanister(100n);
    const taker = harness.addCanister(0n);
    const argument = { canister_id: taker.id };
    harness.invoke(giver, 'deposit_cycles', signatures.depositCycles, argument, { cycles: 60n });
    expect([giver.cycles, taker.cycles]).toEqual([40n, 60n]);
  });

  test('a deposit to a canister that does not exist comes back', () => {
    const harness = new ManagementHarness();
    const giver = harness.addCanister(100n);
    const argument = { canister_id: canisterIdOfNumber(firstCanisterNumber + 99n) };
    const call = () => {
      harness.invoke(giver, 'deposit_cycles', signatures.depositCycles, argument, { cycles: 60n });
    };
    expect(rejectionOf(call).errorCode).toBe('IC0301');
    expect(giver.cycles).toBe(100n);
  });
});
