import { Principal } from '@dfinity/principal';
import { describe, expect, test } from 'vitest';
import { managementClient } from '../../../src/localnet/index.ts';
import { type CandidSettings, noSettings } from '../../../src/localnet/management/candid-settings.ts';
import * as signatures from '../../../src/localnet/management/signatures.ts';
import { program } from '../support/program.ts';
import { TestNetwork, user } from '../support/test-network.ts';
import { CanisterRejected, manageFrom } from './support/canister-calls.ts';
import { thrownBy } from '../../support/thrown-by.ts';

type SettingsInput = { [Name in keyof CandidSettings]?: CandidSettings[Name][0] };

const other = Principal.selfAuthenticating(Uint8Array.of(8));
const third = Principal.selfAuthenticating(Uint8Array.of(9));
const trillion = 1_000_000_000_000n;

function settingsOf(input: SettingsInput): CandidSettings {
  const given = Object.entries(input).map(([name, value]) => [name, [value]]);
  return { ...noSettings, ...(Object.fromEntries(given) as Partial<CandidSettings>) };
}

/** The three ways of giving a canister settings. */
const ways = {
  'via provisional_create_canister_with_cycles': (net: TestNetwork, settings: SettingsInput) => {
    net.management.createCanister({ cycles: 10_000n * trillion, settings: settings as never });
  },
  'via create_canister': (net: TestNetwork, settings: SettingsInput) => {
    const argument = {
      settings: [settingsOf(settings)] as [CandidSettings],
      sender_canister_version: [] as [],
    };
    manageFrom(net, net.canister(), 'create_canister', signatures.createCanister, argument, 50n * trillion);
  },
  'via update_settings': (net: TestNetwork, settings: SettingsInput) => {
    net.management.updateSettings(
      net.management.createCanister({ cycles: 10_000n * trillion }),
      settings as never,
    );
  },
};

describe('Computing power', () => {
  test('is guaranteed to all canisters together up to 299 percent of a core', () => {
    const net = new TestNetwork();
    const cycles = 10_000n * trillion;
    const create = (compute_allocation: bigint) =>
      net.management.createCanister({ cycles, settings: { compute_allocation } });
    const first = create(100n);
    create(100n);
    const refused = net.rejection(() => create(100n));
    expect(refused).toMatchObject({ rejectCode: 1, errorCode: 'IC0101' });
    expect(refused.rejectMessage).toContain(
      "Canister requested a compute allocation of 100% which cannot be satisfied because the Subnet's remaining " +
        'compute capacity is 99%.',
    );
    const last = create(99n);
    const change = (id: Principal, compute_allocation: bigint) => {
      net.management.updateSettings(id, { compute_allocation });
    };
    expect(
      net.rejection(() => {
        change(last, 100n);
      }).errorCode,
    ).toBe('IC0101');
    change(first, 100n);
    change(first, 0n);
    change(last, 100n);
  });
});

describe('Controllers', () => {
  test('A canister can request its own status if it does not control itself', () => {
    const net = new TestNetwork();
    const id = net.canister();
    const status = manageFrom(net, id, 'canister_status', signatures.canisterStatus, { canister_id: id });
    expect(status.settings.controllers.map((controller) => controller.toText())).toEqual([user.toText()]);
  });

  test('Changing controllers', () => {
    const net = new TestNetwork();
    const id = net.management.createCanister();
    net.management.updateSettings(id, { controllers: [other] });
    expect(net.rejection(() => net.management.canisterStatus(id)).errorCode).toBe('IC0512');
    const byOther = managementClient(net.network, other);
    expect(byOther.canisterStatus(id).settings.controllers.map((p) => p.toText())).toEqual([other.toText()]);
  });

  test('Multiple controllers (provisional)', () => {
    const net = new TestNetwork();
    const id = net.management.createCanister({ settings: { controllers: [user, other] } });
    for (const controller of [user, other]) {
      expect(managementClient(net.network, controller).canisterStatus(id).settings.controllers).toHaveLength(
        2,
      );
    }
    const byThird = managementClient(net.network, third);
    expect(net.rejection(() => byThird.canisterStatus(id)).errorCode).toBe('IC0512');
    managementClient(net.network, other).updateSettings(id, { controllers: [third] });
    expect(net.rejection(() => net.management.canisterStatus(id)).errorCode).toBe('IC0512');
    expect(byThird.canisterStatus(id).settings.controllers).toHaveLength(1);
  });

  test('Multiple controllers (aaaaa-aa)', () => {
    const net = new TestNetwork();
    const creator = net.canister();
    const { canister_id: id } = manageFrom(
      net,
      creator,
      'create_canister',
      signatures.createCanister,
      { settings: [settingsOf({ controllers: [creator, user] })], sender_canister_version: [] },
      2n * trillion,
    );
    const byCreator = manageFrom(net, creator, 'canister_status', signatures.canisterStatus, {
      canister_id: id,
    });
    expect(byCreator.settings.controllers).toHaveLength(2);
    expect(net.management.canisterStatus(id).settings.controllers).toHaveLength(2);
  });

  test('> 10 controllers', () => {
    const net = new TestNetwork();
    const eleven = Array.from({ length: 11 }, (_, i) => Principal.selfAuthenticating(Uint8Array.of(i)));
    const create = () => net.management.createCanister({ settings: { controllers: eleven } });
    expect(net.rejection(create)).toMatchObject({ rejectCode: 5, errorCode: 'IC0504' });
    expect(net.management.createCanister({ settings: { controllers: eleven.slice(1) } }).toText()).toMatch(
      /-cai$/,
    );
  });

  test('No controller', () => {
    const net = new TestNetwork();
    const id = net.management.createCanister({ settings: { controllers: [] } });
    expect(net.rejection(() => net.management.canisterStatus(id)).errorCode).toBe('IC0512');
    expect(net.network.canister(id).controllers).toEqual([]);
  });

  test('Controller is self', () => {
    const net = new TestNetwork();
    const id = net.canister();
    net.management.updateSettings(id, { controllers: [id] });
    expect(net.rejection(() => net.management.canisterStatus(id)).errorCode).toBe('IC0512');
    const change = { canister_id: id, settings: settingsOf({ controllers: [user] }) };
    manageFrom(net, id, 'update_settings', signatures.updateSettings, {
      ...change,
      sender_canister_version: [],
    });
    expect(net.management.canisterStatus(id).settings.controllers).toHaveLength(1);
  });

  test('Duplicate controllers', () => {
    const net = new TestNetwork();
    const id = net.management.createCanister({ settings: { controllers: [user, other, user] } });
    expect(net.management.canisterStatus(id).settings.controllers).toHaveLength(2);
  });
});

describe.each(Object.entries(ways))('%s', (_way, give) => {
  test('Valid allocations', () => {
    const net = new TestNetwork();
    give(net, { compute_allocation: 1n, memory_allocation: 1_048_576n, freezing_threshold: 1_000_000n });
    const id = net.network.canisterIds().at(-1);
    expect(id && net.network.canister(id).settings).toMatchObject({
      computeAllocation: 1n,
      memoryAllocationBytes: 1_048_576n,
      freezingThresholdSeconds: 1_000_000n,
    });
  });

  test.each([
    ['Invalid compute allocation (101)', { compute_allocation: 101n }],
    ['Invalid memory allocation (2^48+1)', { memory_allocation: 2n ** 48n + 1n }],
    ['Invalid freezing threshold (2^64)', { freezing_threshold: 2n ** 64n }],
  ])('%s', (_case, settings: SettingsInput) => {
    const net = new TestNetwork();
    const refused = thrownBy(Error, () => {
      give(net, settings);
    });
    expect(refused instanceof CanisterRejected ? refused.text : refused.message).toContain('IC0504');
  });
});

describe('minimum_incoming_canister_call_cycles', () => {
  test('is asked of other canisters only', () => {
    const net = new TestNetwork();
    const [id, caller] = [net.canister(), net.canister()];
    net.management.updateSettings(id, { minimum_incoming_canister_call_cycles: 10n });
    const answer = (from: Principal, cycles: bigint) => {
      const onReject = program().appendRejectMessage().appendNumber('refunded').reply();
      const arg = program().acceptCycles(10n).reply('served');
      return net.runText(from, program().call({ to: id, arg, onReply: relay, onReject, cycles }));
    };
    const relay = program().appendArgument().reply();
    expect(answer(caller, 10n)).toBe('served');
    expect(answer(caller, 9n)).toMatch(/^IC0520: .*requires at least 10 cycles.*\t/s);
    expect(answer(id, 0n)).toBe('served');
    expect(net.runText(id, program().reply('users pay nothing'))).toBe('users pay nothing');
  });
});
