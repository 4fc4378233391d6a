import { describe, expect, test } from 'vitest';
import { managementCanisterId } from '../../../src/localnet/index.ts';
import * as signatures from '../../../src/localnet/management/signatures.ts';
import { Principal } from '@dfinity/principal';
import { thrownBy } from '../../support/thrown-by.ts';
import { CanisterRejected, manageFrom } from '../conformance/support/canister-calls.ts';
import { program } from '../support/program.ts';
import { programmableCanister } from '../support/programmable-canister.ts';
import { TestNetwork, user } from '../support/test-network.ts';

const recordBytes = 40;
const stranger = Principal.selfAuthenticating(Uint8Array.of(77));

function setup() {
  const net = new TestNetwork();
  const id = net.canister();
  const fetch = (
    filter: signatures.FetchLogsArgument['filter'] = [],
    sender: Principal = user,
  ): { idx: bigint; text: string; timestamp_nanos: bigint }[] => {
    const arg = signatures.fetchCanisterLogs.encodeArgument({ canister_id: id, filter });
    const call = { sender, canisterId: managementCanisterId, method: 'fetch_canister_logs', arg };
    return signatures.fetchCanisterLogs
      .decodeResult(net.network.query(call))
      .canister_log_records.map(({ content, ...record }) => ({
        ...record,
        text: new TextDecoder().decode(content),
      }));
  };
  const print = (...texts: string[]) => {
    for (const text of texts) net.run(id, program().print(text).reply());
  };
  return { net, id, fetch, print };
}

describe('a canister’s log', () => {
  test('tells what was printed and why it trapped, numbered from 0', () => {
    const { net, id, fetch, print } = setup();
    print('one', 'two');
    net.rejection(() => net.run(id, program().print('three').trap('no')));
    net.rejection(() => net.run(id, program().unreachable()));
    net.look(id, program().print('queries are not logged').reply());
    expect(fetch().map(({ idx, text }) => [idx, text])).toEqual([
      [0n, 'one'],
      [1n, 'two'],
      [2n, 'three'],
      [3n, '[TRAP]: no'],
      [4n, '[TRAP]: unreachable'],
    ]);
  });

  test('holds 4 KiB unless set otherwise; the oldest records go first, and the numbers go on', () => {
    const { net, id, fetch, print } = setup();
    print('x'.repeat(2_000), 'y'.repeat(2_000), 'z');
    expect(fetch().map(({ idx }) => idx)).toEqual([1n, 2n]);
    net.management.updateSettings(id, { log_memory_limit: 100_000n });
    print(...Array.from({ length: 20 }, () => 'w'.repeat(2_000)));
    expect(fetch().length).toBe(22);
    expect(net.management.canisterStatus(id).memory_metrics.log_memory_store_size).toBe(
      BigInt(22 * recordBytes + 21 * 2_000 + 1),
    );
  });

  test('goes on counting after the code is uninstalled', () => {
    const { net, id, fetch, print } = setup();
    print('one', 'two');
    net.management.uninstallCode(id);
    expect(fetch()).toEqual([]);
    net.management.installCode(id, { module: programmableCanister() });
    print('three');
    expect(fetch().map(({ idx }) => idx)).toEqual([2n]);
  });

  test('cuts a record that alone would not fit', () => {
    const { fetch, print } = setup();
    print('x'.repeat(10_000));
    expect(fetch()[0]?.text).toHaveLength(4_096 - recordBytes);
  });

  test('shrinks with its limit, and a limit of 0 switches it off', () => {
    const { net, id, fetch, print } = setup();
    net.management.updateSettings(id, { log_memory_limit: 10_000n });
    print('x'.repeat(4_000), 'y'.repeat(3_000));
    net.management.updateSettings(id, { log_memory_limit: 4_096n });
    expect(fetch().map(({ idx }) => idx)).toEqual([1n]);
    net.management.updateSettings(id, { log_memory_limit: 0n });
    print('unheard');
    expect(fetch()).toEqual([]);
  });

  test('can be read in part, by number or by time', () => {
    const { net, fetch, print } = setup();
    print('one');
    net.network.advanceTime(1_000);
    const start = net.network.timeNanos;
    print('two', 'three');
    const texts = (filter: signatures.FetchLogsArgument['filter']) => fetch(filter).map(({ text }) => text);
    expect(texts([{ by_idx: { start: 1n, end: 2n } }])).toEqual(['two']);
    expect(texts([{ by_timestamp_nanos: { start, end: start + 1n } }])).toEqual(['two', 'three']);
    expect(texts([{ by_timestamp_nanos: { start: 0n, end: start } }])).toEqual(['one']);
    expect(texts([{ by_idx: { start: 2n, end: 1n } }])).toEqual([]);
  });

  test('is shown to controllers, to everybody, or to chosen viewers', () => {
    const { net, id, fetch, print } = setup();
    print('secret');
    const asStranger = () => fetch([], stranger).length;
    expect(net.rejection(asStranger)).toMatchObject({
      rejectCode: 4,
      errorCode: 'IC0406',
      rejectMessage: `Caller ${stranger.toText()} is not allowed to access canister logs`,
    });
    net.management.updateSettings(id, { log_visibility: { allowed_viewers: [stranger] } });
    expect(asStranger()).toBe(1);
    net.management.updateSettings(id, { log_visibility: { allowed_viewers: [] } });
    net.rejection(asStranger);
    net.management.updateSettings(id, { log_visibility: { public: null } });
    expect(asStranger()).toBe(1);
  });

  test('may be fetched by canisters in replicated calls, by users only with a query', () => {
    const { net, id, print } = setup();
    print('for canisters, too');
    const asker = net.canister();
    const argument = { canister_id: id, filter: [] as [] };
    const ask = () =>
      manageFrom(net, asker, 'fetch_canister_logs', signatures.fetchCanisterLogs, argument)
        .canister_log_records.length;
    expect(thrownBy(CanisterRejected, ask).rejectCode).toBe(4);
    net.management.updateSettings(id, { log_visibility: { allowed_viewers: [asker] } });
    expect(ask()).toBe(1);
    const arg = signatures.fetchCanisterLogs.encodeArgument(argument);
    const update = { sender: user, canisterId: managementCanisterId, method: 'fetch_canister_logs', arg };
    expect(net.rejection(() => net.network.update(update))).toMatchObject({
      rejectCode: 4,
      errorCode: 'IC0406',
    });
  });
});
