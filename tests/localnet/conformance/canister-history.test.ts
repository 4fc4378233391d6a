import { Principal } from '@dfinity/principal';
import { describe, expect, test } from 'vitest';
import { managementCanisterId } from '../../../src/localnet/index.ts';
import * as signatures from '../../../src/localnet/management/signatures.ts';
import { thrownBy } from '../../support/thrown-by.ts';
import { program } from '../support/program.ts';
import { programmableCanister } from '../support/programmable-canister.ts';
import { TestNetwork, user } from '../support/test-network.ts';
import { CanisterRejected, manageFrom } from './support/canister-calls.ts';

const other = Principal.selfAuthenticating(Uint8Array.of(8));

function setup() {
  const net = new TestNetwork();
  const asker = net.canister();
  const info = (id: Principal, changes?: bigint) =>
    manageFrom(net, asker, 'canister_info', signatures.canisterInfo, {
      canister_id: id,
      num_requested_changes: changes === undefined ? [] : [changes],
    });
  const kinds = (id: Principal) =>
    info(id, 100n).recent_changes.map(({ details }) => Object.keys(details)[0]);
  return { net, asker, info, kinds };
}

describe('canister history', () => {
  test('after creation and code deployments', () => {
    const { net, info, kinds } = setup();
    const id = net.canister();
    net.management.installCode(id, { mode: 'reinstall', module: programmableCanister() });
    net.management.installCode(id, { mode: 'upgrade', module: programmableCanister({ variant: 1 }) });
    expect(kinds(id)).toEqual(['creation', 'code_deployment', 'code_deployment', 'code_deployment']);
    const { recent_changes: changes, total_num_changes, module_hash } = info(id, 10n);
    expect(total_num_changes).toBe(4n);
    expect(changes.map(({ canister_version }) => canister_version)).toEqual([0n, 1n, 2n, 3n]);
    const modes = changes.map(({ details }) =>
      'code_deployment' in details ? Object.keys(details.code_deployment.mode)[0] : undefined,
    );
    expect(modes).toEqual([undefined, 'install', 'reinstall', 'upgrade']);
    const last = changes.at(-1)?.details;
    expect(last && 'code_deployment' in last && [last.code_deployment.module_hash]).toEqual(module_hash);
    for (const { origin } of changes) {
      expect('from_user' in origin && origin.from_user.user_id.toText()).toBe(user.toText());
    }
  });

  test('after uninstall', () => {
    const { net, info, kinds } = setup();
    const id = net.canister();
    net.management.uninstallCode(id);
    expect(kinds(id).at(-1)).toBe('code_uninstall');
    expect(info(id)).toMatchObject({ total_num_changes: 3n, module_hash: [], recent_changes: [] });
  });

  test('after changing controllers', () => {
    const { net, info } = setup();
    const id = net.management.createCanister();
    net.management.updateSettings(id, { controllers: [user, other] });
    const change = info(id, 1n).recent_changes[0]?.details;
    const controllers = change && 'controllers_change' in change ? change.controllers_change.controllers : [];
    expect(controllers.map((p) => p.toText()).sort()).toEqual([user.toText(), other.toText()].sort());
  });

  test('after many changes', () => {
    const { net, info } = setup();
    const id = net.canister();
    for (let count = 0; count < 30; count += 1) net.management.uninstallCode(id);
    const { total_num_changes, recent_changes } = info(id, 1_000n);
    expect(total_num_changes).toBe(32n);
    expect(recent_changes).toHaveLength(20);
    expect(info(id, 5n).recent_changes).toEqual(recent_changes.slice(-5));
  });

  test('changes from canister', () => {
    const { net, asker, info } = setup();
    const id = net.canister();
    net.management.updateSettings(id, { controllers: [asker] });
    const uninstall = (version: [] | [bigint]) => {
      manageFrom(net, asker, 'uninstall_code', signatures.uninstallCode, {
        canister_id: id,
        sender_canister_version: version,
      });
    };
    uninstall([]);
    uninstall([net.network.canister(asker).version]);
    const origins = info(id, 2n).recent_changes.map(({ origin }) => origin);
    expect(
      origins.map((origin) =>
        'from_canister' in origin ? origin.from_canister.canister_version.length : -1,
      ),
    ).toEqual([0, 1]);
  });

  test('does not track all update_settings calls', () => {
    const { net, info } = setup();
    const id = net.management.createCanister();
    net.management.updateSettings(id, { freezing_threshold: 1n });
    expect(info(id).total_num_changes).toBe(1n);
    net.management.updateSettings(id, { controllers: [user], freezing_threshold: 2n });
    expect(info(id).total_num_changes).toBe(2n);
  });

  test('incorrect sender_canister_version', () => {
    const { net, asker, info } = setup();
    const id = net.canister();
    net.management.updateSettings(id, { controllers: [asker] });
    const before = info(id).total_num_changes;
    const wrong = () => {
      manageFrom(net, asker, 'uninstall_code', signatures.uninstallCode, {
        canister_id: id,
        sender_canister_version: [net.network.canister(asker).version + 1n],
      });
    };
    expect(thrownBy(CanisterRejected, wrong)).toMatchObject({ rejectCode: 5 });
    expect(info(id).total_num_changes).toBe(before);
    expect(net.network.canister(id).moduleHash).toBeDefined();
  });

  test('user call to canister_info', () => {
    const { net } = setup();
    const arg = signatures.canisterInfo.encodeArgument({
      canister_id: net.canister(),
      num_requested_changes: [],
    });
    const call = { sender: user, canisterId: managementCanisterId, method: 'canister_info', arg };
    expect(net.rejection(() => net.network.update(call))).toMatchObject({
      rejectCode: 4,
      errorCode: 'IC0406',
    });
    // Newer than the original test: as a query everybody may ask.
    expect(signatures.canisterInfo.decodeResult(net.network.query(call)).total_num_changes).toBe(2n);
  });

  test('calling canister_info', () => {
    const { net, asker, info } = setup();
    const id = net.canister();
    expect(info(id)).toMatchObject({ total_num_changes: 2n, recent_changes: [] });
    expect(info(asker, 1n).recent_changes).toHaveLength(1);
    const gone = net.management.createCanister();
    net.management.stopCanister(gone);
    net.management.deleteCanister(gone);
    expect(thrownBy(CanisterRejected, () => info(gone))).toMatchObject({
      rejectCode: 3,
      text: expect.stringContaining('IC0301') as string,
    });
    expect(net.runText(asker, program().reply('unharmed'))).toBe('unharmed');
  });
});
