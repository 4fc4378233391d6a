import { describe, expect, test } from 'vitest';
import { Principal } from '@dfinity/principal';
import { managementCanisterId } from '../../../src/localnet/index.ts';
import { noSettings } from '../../../src/localnet/management/candid-settings.ts';
import * as subnetSignatures from '../../../src/localnet/management/candid-subnet.ts';
import * as signatures from '../../../src/localnet/management/signatures.ts';
import { thrownBy } from '../../support/thrown-by.ts';
import { CanisterRejected, manageFrom } from '../conformance/support/canister-calls.ts';
import { program } from '../support/program.ts';
import { TestNetwork, user } from '../support/test-network.ts';

const trillion = 1_000_000_000_000n;

function metricsOf(net: TestNetwork, canister_id: Principal) {
  const { encodeArgument, decodeResult } = subnetSignatures.canisterMetrics;
  const arg = encodeArgument({ canister_id });
  const call = { sender: user, canisterId: managementCanisterId, method: 'canister_metrics', arg };
  return decodeResult(net.network.query(call)).cycles_consumed;
}

describe('canister_metrics', () => {
  test('account for every cycle the canister ever paid', () => {
    const net = new TestNetwork();
    const id = net.canister({ cycles: 50n * trillion });
    const callee = net.canister();
    net.management.updateSettings(id, { compute_allocation: 1n, freezing_threshold: 1n });
    net.run(id, program().burnCycles(12_345n).growStable(10_000n).reply());
    net.run(id, program().call({ to: callee, arg: program().reply(), onReply: program().reply() }));
    net.network.advanceTime(1_000_000);
    net.network.run();
    const consumed = metricsOf(net, id);
    const total = Object.values<bigint>({ ...consumed }).reduce((sum, amount) => sum + amount, 0n);
    expect(total).toBe(50n * trillion - net.network.canister(id).cycles);
    expect(consumed).toMatchObject({
      burned_cycles: 12_345n,
      compute_allocation: 10_000_000n * 1_000n,
      uninstall: 0n,
      canister_creation: 0n,
      http_outcalls: 0n,
    });
    for (const use of ['memory', 'instructions', 'ingress_induction', 'request_and_response_transmission']) {
      expect(consumed[use as keyof typeof consumed]).toBeGreaterThan(0n);
    }
  });

  test('tell what a creation cost, and what a canister lost that ran out of cycles', () => {
    const net = new TestNetwork();
    const creator = net.canister();
    const argument = { settings: [] as [], sender_canister_version: [] as [] };
    const { canister_id: id } = manageFrom(
      net,
      creator,
      'create_canister',
      signatures.createCanister,
      argument,
      // What is left after fifteen thousand charges of a hundred million, and seven.
      2n * trillion + 7n,
    );
    manageFrom(net, creator, 'update_settings', signatures.updateSettings, {
      canister_id: id,
      sender_canister_version: [],
      settings: {
        ...noSettings,
        controllers: [[user]],
        freezing_threshold: [0n],
        compute_allocation: [1n],
      },
    });
    net.network.advanceTime(30 * 86_400_000);
    net.network.run();
    const consumed = metricsOf(net, id);
    expect(consumed.canister_creation).toBe(500_000_000_000n);
    expect(consumed.uninstall).toBe(7n);
  });
});

describe('the subnet', () => {
  const ask = <Argument, Result>(
    net: TestNetwork,
    method: string,
    signature: Parameters<typeof manageFrom<Argument, Result>>[3],
    argument: Argument,
  ) => manageFrom(net, net.canister(), method, signature, argument);

  test('tells its version to canisters, and knows no other subnet', () => {
    const net = new TestNetwork();
    const { subnetId } = net.network;
    const info = ask(net, 'subnet_info', subnetSignatures.subnetInfo, { subnet_id: subnetId });
    expect(info).toEqual({ replica_version: 'embedded-network', registry_version: 1n });
    const other = { subnet_id: Principal.selfAuthenticating(Uint8Array.of(1)) };
    const refused = thrownBy(CanisterRejected, () =>
      ask(net, 'subnet_info', subnetSignatures.subnetInfo, other),
    );
    expect(refused).toMatchObject({ rejectCode: 4, text: expect.stringContaining('IC0404') as string });
  });

  test('has no node metrics, as it makes no blocks', () => {
    const net = new TestNetwork();
    const argument = { subnet_id: net.network.subnetId, start_at_timestamp_nanos: 0n };
    expect(ask(net, 'node_metrics_history', subnetSignatures.nodeMetricsHistory, argument)).toEqual([]);
  });

  test('lists its canisters as ranges of ids', () => {
    const net = new TestNetwork();
    const ids = Array.from({ length: 5 }, () => net.management.createCanister());
    const [first, second, third, fourth, fifth] = ids.map((id) => id.toText());
    const gap = ids[2];
    if (gap === undefined) throw new Error('There are five canisters.');
    net.management.stopCanister(gap);
    net.management.deleteCanister(gap);
    const arg = subnetSignatures.listCanisters.encodeArgument(undefined);
    const call = { sender: user, canisterId: managementCanisterId, method: 'list_canisters', arg };
    const { canisters } = subnetSignatures.listCanisters.decodeResult(net.network.query(call));
    expect(canisters.map(({ start, end }) => [start.toText(), end.toText()])).toEqual([
      [first, second],
      [fourth, fifth],
    ]);
    expect(third).toBe(gap.toText());
  });
});
