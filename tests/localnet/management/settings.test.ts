import { Principal } from '@dfinity/principal';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CandidVisibility } from '../../../src/localnet/management/candid-settings.ts';
import type { SettingsInput } from '../../../src/localnet/management/client.ts';
import { alice, bob, ManagementHarness } from './management-harness.ts';
import { rejectionOf } from './rejection-of.ts';

function users(count: number): Principal[] {
  return Array.from({ length: count }, (_, index) => Principal.selfAuthenticating(Uint8Array.of(100, index)));
}

function setup() {
  const harness = new ManagementHarness();
  const target = harness.addCanister();
  const client = harness.client(alice);
  return {
    target,
    update: (settings: SettingsInput) => {
      client.updateSettings(target.id, settings);
    },
    settings: () => client.canisterStatus(target.id).settings,
  };
}

describe('canister settings', () => {
  test('a new canister has the defaults of the replica', () => {
    expect(setup().settings()).toEqual({
      controllers: [alice],
      compute_allocation: 0n,
      memory_allocation: 0n,
      freezing_threshold: 2_592_000n,
      reserved_cycles_limit: 5_000_000_000_000n,
      minimum_incoming_canister_call_cycles: 0n,
      log_visibility: { controllers: null },
      snapshot_visibility: { controllers: null },
      status_visibility: { controllers: null },
      wasm_memory_limit: 3_221_225_472n,
      wasm_memory_threshold: 0n,
      environment_variables: [],
      log_memory_limit: 4_096n,
    });
  });

  const outOfRange: [SettingsInput, string][] = [
    [{ compute_allocation: 101n }, 'ComputeAllocation expected to be in the range [0..100], got 101'],
    [
      { memory_allocation: 2n ** 48n + 1n },
      'MemoryAllocation expected to be in the range [0..281474976710656], got 281474976710657',
    ],
    [
      { freezing_threshold: 2n ** 64n },
      'Freezing threshold expected to be in the range of [0..2^64-1], got 18446744073709551616',
    ],
    [
      { reserved_cycles_limit: 2n ** 128n },
      'Reserved cycles limit expected to be in the range of [0..2^128-1], got 340282366920938463463374607431768211456',
    ],
    [
      { wasm_memory_limit: 2n ** 48n + 1n },
      'Wasm memory limit expected to be in the range of [0..2^64-1], got 281474976710657',
    ],
    [
      { wasm_memory_threshold: 2n ** 48n + 1n },
      'Wasm memory threshold expected to be in the range of [0..2^64-1], got 281474976710657',
    ],
  ];
  test.each(outOfRange)('%o is out of range', (settings, message) => {
    const { update } = setup();
    expect(
      rejectionOf(() => {
        update(settings);
      }),
    ).toEqual({ rejectCode: 5, errorCode: 'IC0504', message });
  });

  test.each([
    [1n, 'The canister log memory limit 1 is too low. It must be at least 4096.'],
    [4_095n, 'The canister log memory limit 4095 is too low. It must be at least 4096.'],
    [2_097_153n, 'The canister log memory limit 2097153 is too high. It must be at most 2097152.'],
  ])('a log of %s bytes is refused', (log_memory_limit, message) => {
    const { update } = setup();
    expect(
      rejectionOf(() => {
        update({ log_memory_limit });
      }),
    ).toEqual({ rejectCode: 4, errorCode: 'IC0406', message });
  });

  test('there may be ten controllers, not eleven', () => {
    const { update, settings } = setup();
    const message = rejectionOf(() => {
      update({ controllers: users(11) });
    }).message;
    expect(message).toContain(
      "Could not validate the settings: Invalid settings: 'controllers' length exceeds maximum size allowed of 10.",
    );
    update({ controllers: [...users(9), alice] });
    expect(settings().controllers).toHaveLength(10);
  });

  test('duplicate controllers collapse', () => {
    const { update, settings } = setup();
    update({ controllers: [alice, bob, alice] });
    expect(
      settings()
        .controllers.map((id) => id.toText())
        .sort(),
    ).toEqual([alice.toText(), bob.toText()].sort());
  });

  test('a canister without controllers obeys nobody', () => {
    const { update } = setup();
    update({ controllers: [] });
    expect(
      rejectionOf(() => {
        update({ freezing_threshold: 1n });
      }).errorCode,
    ).toBe('IC0512');
  });

  const badVariables: [string, SettingsInput['environment_variables'], string][] = [
    [
      'twice the same name',
      [
        { name: 'a', value: '1' },
        { name: 'a', value: '2' },
      ],
      'Duplicate environment variables are not allowed',
    ],
    [
      'too many',
      Array.from({ length: 21 }, (_, index) => ({ name: `v${index}`, value: '' })),
      'Too many environment variables: 21 (max: 20)',
    ],
    [
      'a long name',
      [{ name: 'é'.repeat(65), value: '' }],
      `Environment variable name "${'é'.repeat(65)}" exceeds the maximum allowed length of 128.`,
    ],
    [
      'a long value',
      [{ name: 'a', value: 'x'.repeat(129) }],
      `Environment variable value "${'x'.repeat(129)}" exceeds the maximum allowed length of 128.`,
    ],
  ];
  test.each(badVariables)('environment variables are refused: %s', (_case, variables, message) => {
    const { update } = setup();
    const rejection = rejectionOf(() => {
      update({ environment_variables: variables ?? [] });
    });
    expect(rejection).toEqual({ rejectCode: 4, errorCode: 'IC0408', message });
  });

  test('environment variables are kept in the order of the bytes of their names', () => {
    const { update, settings } = setup();
    const names = ['z', 'é', 'Z', '\u{1f600}', '￿'];
    update({ environment_variables: names.map((name) => ({ name, value: name })) });
    expect(settings().environment_variables.map(({ name }) => name)).toEqual([
      'Z',
      'z',
      'é',
      '￿',
      '\u{1f600}',
    ]);
  });

  test('a larger allocation that the balance cannot carry is refused', () => {
    const { update, target } = setup();
    const rejection = rejectionOf(() => {
      update({ compute_allocation: 1n });
    });
    expect(rejection).toMatchObject({ rejectCode: 5, errorCode: 'IC0530' });
    expect(rejection.message).toMatch(
      /^Cannot increase compute allocation to 1% due to insufficient cycles\. At least \d+ additional/,
    );
    expect(target.settings.computeAllocation).toBe(0n);
  });

  test('any valid change is what the status shows, leaves the rest alone, and raises the version by one', () => {
    const nat64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    const visibility = fc.constantFrom<CandidVisibility>(
      { public: null },
      { controllers: null },
      { allowed_viewers: [bob] },
    );
    const change = fc.record(
      {
        memory_allocation: fc.bigInt({ min: 0n, max: 2n ** 48n }),
        freezing_threshold: nat64,
        reserved_cycles_limit: fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }),
        minimum_incoming_canister_call_cycles: nat64,
        log_visibility: visibility,
        snapshot_visibility: visibility,
        status_visibility: visibility,
        wasm_memory_limit: fc.bigInt({ min: 0n, max: 2n ** 48n }),
        wasm_memory_threshold: fc.bigInt({ min: 0n, max: 2n ** 48n }),
        log_memory_limit: fc.oneof(fc.constant(0n), fc.bigInt({ min: 4_096n, max: 2_097_152n })),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(change, (settings) => {
        const { update, target, settings: shown } = setup();
        const before = shown();
        const version = target.version;
        update(settings);
        expect(shown()).toEqual({ ...before, ...settings });
        expect(target.version).toBe(version + 1n);
      }),
    );
  });

  test('a refused change leaves settings, version and history as they were', () => {
    const { update, target, settings } = setup();
    const before = { settings: settings(), version: target.version, history: target.history };
    rejectionOf(() => {
      update({ freezing_threshold: 1n, controllers: users(11) });
    });
    expect({ settings: settings(), version: target.version, history: target.history }).toEqual(before);
  });
});
