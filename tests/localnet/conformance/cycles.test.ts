import type { Principal } from '@dfinity/principal';
import { describe, expect, test } from 'vitest';
import { managementCanisterId } from '../../../src/localnet/index.ts';
import * as signatures from '../../../src/localnet/management/signatures.ts';
import { thrownBy } from '../../support/thrown-by.ts';
import { program } from '../support/program.ts';
import { programmableCanister } from '../support/programmable-canister.ts';
import { TestNetwork } from '../support/test-network.ts';
import { callFrom, CanisterRejected, manageFrom } from './support/canister-calls.ts';

const trillion = 1_000_000_000_000n;
/** More than executing a few messages costs. */
const small = 2_000_000_000n;

/** Time costs nothing here, so that balances are what the calls leave of them. */
function setup(cycles = 40n * trillion) {
  const net = new TestNetwork({ chargesForTime: false });
  const id = net.canister({ cycles });
  const balance = (of: Principal = id) => net.network.canister(of).cycles;
  return { net, id, balance };
}

function expectAbout(actual: bigint | undefined, expected: bigint): void {
  const difference = (actual ?? 0n) - expected;
  expect(difference <= 0n && -difference < small, `${actual ?? 'nothing'} is about ${expected}`).toBe(true);
}

describe('cycles API - backward compatibility', () => {
  test('canister_cycle_balance = canister_cycle_balance128 for numbers fitting in 64 bits', () => {
    const { net, id } = setup();
    const [short, long] = net.lookNumbers(
      id,
      program().system('canister_cycle_balance').appendNumber('lastResult').appendNumber('balance').reply(),
    );
    expect(short).toBe(long);
  });

  test('legacy API traps when a result is too big', () => {
    const { net, id } = setup(2n ** 65n);
    const rejection = net.rejection(() => net.look(id, program().system('canister_cycle_balance').reply()));
    expect(rejection).toMatchObject({ rejectCode: 5, errorCode: 'IC0502' });
    expect(rejection.rejectMessage).toContain('cycles amount exceeds 64-bit representation');
    expect(net.look(id, program().appendCycles('canister_cycle_balance128').reply())).toHaveLength(16);
  });
});

describe('can use balance API', () => {
  test('in query', () => {
    const { net, id, balance } = setup();
    expect(net.lookNumbers(id, program().appendNumber('balance').reply())).toEqual([balance()]);
  });

  test('in update', () => {
    const { net, id } = setup();
    expect(net.runNumbers(id, program().appendNumber('balance').reply())[0]).toBeGreaterThan(0n);
  });

  test('in init', () => {
    const net = new TestNetwork();
    const init = program().system('canister_cycle_balance').keepResult();
    const id = net.canister({ init });
    expect(net.lookNumbers(id, program().appendNumber('heapCounter').reply())[0]).toBeGreaterThan(trillion);
  });

  test('in callback', () => {
    const { net, id } = setup();
    const call = { to: id, arg: program().reply(), onReply: program().appendNumber('balance').reply() };
    expect(net.runNumbers(id, program().call(call))[0]).toBeGreaterThan(trillion);
  });
});

describe('can use available cycles API', () => {
  const relay = program().appendArgument().reply();

  test('in update', () => {
    const { net, id } = setup();
    const arg = program().appendNumber('available').reply();
    expect(net.runNumbers(id, program().call({ to: id, arg, onReply: relay, cycles: 7n }))).toEqual([7n]);
  });

  test('in callback', () => {
    const { net, id } = setup();
    const inner = program().call({
      to: id,
      arg: program().reply(),
      onReply: program().appendNumber('available').reply(),
    });
    expect(net.runNumbers(id, program().call({ to: id, arg: inner, onReply: relay, cycles: 7n }))).toEqual([
      7n,
    ]);
  });
});

describe('accepting', () => {
  const accepted = (maximum: bigint) => {
    const { net, id } = setup();
    const arg = program().acceptCycles(maximum).appendNumber('lastResult').reply();
    const onReply = program().appendArgument().reply();
    return net.runNumbers(id, program().call({ to: id, arg, onReply, cycles: 7n }))[0];
  };

  test('can accept zero cycles', () => {
    expect(accepted(0n)).toBe(0n);
  });

  test('can accept more than available cycles', () => {
    expect(accepted(8n)).toBe(7n);
  });

  test('can accept absurd amount of cycles', () => {
    const { net, id } = setup();
    const all = program()
      .system('msg_cycles_accept128', 2n ** 64n - 1n, 2n ** 64n - 1n, 512)
      .appendScratch(16);
    const call = { to: id, arg: all.reply(), onReply: program().appendArgument().reply(), cycles: 7n };
    expect(net.run(id, program().call(call))).toEqual(Uint8Array.from([7, ...new Uint8Array(15)]));
  });
});

describe('provisional_create_canister_with_cycles', () => {
  test('balance as expected', () => {
    const { net } = setup();
    expect(net.network.canister(net.management.createCanister({ cycles: trillion })).cycles).toBe(trillion);
  });

  test('default (i.e. max) balance', () => {
    const { net } = setup();
    expect(net.network.canister(net.management.createCanister()).cycles).toBe(100n * trillion);
  });

  test('> 2^128 succeeds', () => {
    const { net } = setup();
    const id = net.management.createCanister({ cycles: 2n ** 130n });
    expect(net.network.canister(id).cycles).toBe(2n ** 128n - 1n);
  });
});

test('cycles in canister_status', () => {
  const { net, id, balance } = setup();
  expectAbout(net.management.canisterStatus(id).cycles, 40n * trillion);
  expect(net.management.canisterStatus(id).cycles).toBeLessThanOrEqual(balance() + small);
});

describe('cycle balance', () => {
  /** What the hook saw of the balance. */
  function seenInUpgrade(hook: 'pre' | 'post'): bigint | undefined {
    const { net, id } = setup();
    const write = program()
      .growStable(1n)
      .system('canister_cycle_balance128', 512)
      .system('stable64_write', 0n, 512n, 16n);
    if (hook === 'pre') net.run(id, program().store('preUpgrade', write).reply());
    net.management.installCode(id, {
      mode: 'upgrade',
      module: programmableCanister(),
      arg: hook === 'post' ? write.bytes : new Uint8Array(),
    });
    return net.lookNumbers(id, program().appendNumber('stableCounter').reply())[0];
  }
  /** Reserved for the instructions an installation may use. */
  const installationReserve = 300_005_000_000n;

  test('install', () => {
    const net = new TestNetwork();
    const init = program().system('canister_cycle_balance').keepResult();
    const id = net.canister({ init, cycles: 10n * trillion });
    const [seen] = net.lookNumbers(id, program().appendNumber('heapCounter').reply());
    expectAbout(seen, 10n * trillion - installationReserve);
  });

  test('update', () => {
    const { net, id } = setup();
    expectAbout(
      net.runNumbers(id, program().appendNumber('balance').reply())[0],
      40n * trillion - 40_005_000_000n,
    );
  });

  test('query', () => {
    const { net, id } = setup();
    expectAbout(net.lookNumbers(id, program().appendNumber('balance').reply())[0], 40n * trillion);
  });

  test('in pre_upgrade', () => {
    expectAbout(seenInUpgrade('pre'), 40n * trillion - installationReserve);
  });

  test('in post_upgrade', () => {
    expectAbout(seenInUpgrade('post'), 40n * trillion - installationReserve);
  });
});

describe('sending', () => {
  /** A canister that calls another one with cycles, of which the callee accepts some. */
  function send(accept: bigint, cycles: bigint) {
    const { net, id, balance } = setup();
    const callee = net.canister({ cycles: 10n * trillion });
    const before = { caller: balance(), callee: balance(callee) };
    const arg = program().acceptCycles(accept).reply();
    const onReply = program().appendNumber('refunded').reply();
    const [refunded] = net.runNumbers(id, program().call({ to: callee, arg, onReply, cycles }));
    return { net, refunded, spent: before.caller - balance(), gained: balance(callee) - before.callee };
  }

  test('can send cycles', () => {
    const { refunded, spent, gained } = send(trillion, trillion);
    expect(refunded).toBe(0n);
    expectAbout(gained, trillion);
    expectAbout(-spent, -trillion);
  });

  test('partial refund', () => {
    const { refunded, gained } = send(trillion, 3n * trillion);
    expect(refunded).toBe(2n * trillion);
    expectAbout(gained, trillion);
  });

  test('sending more cycles than in balance traps', () => {
    const { net, id } = setup();
    const rejection = net.rejection(() =>
      net.run(id, program().call({ to: id, arg: program().reply(), cycles: 50n * trillion })),
    );
    expect(rejection.rejectMessage).toContain('is out of cycles');
  });

  /** A canister with little of its own that passes on what is attached to the call. */
  function relay(first: (relayed: bigint) => ReturnType<typeof program>) {
    const { net, id } = setup();
    const poor = net.canister({ cycles: trillion });
    const last = net.canister();
    const relayed = 5n * trillion;
    const arg = first(relayed).call({
      to: last,
      arg: program().acceptCycles(relayed).reply(),
      onReply: program().appendNumber('refunded').reply(),
      cycles: relayed,
    });
    const onReply = program().append('relayed').reply();
    const onReject = program().append('trapped').reply();
    return net.runText(id, program().call({ to: poor, arg, onReply, onReject, cycles: relayed }));
  }

  test('relay cycles before accept traps', () => {
    expect(relay(() => program())).toBe('trapped');
  });

  test('relay cycles after accept works', () => {
    expect(relay((relayed) => program().acceptCycles(relayed))).toBe('relayed');
  });

  test('aborting call resets balance', () => {
    const { net, id } = setup();
    const attempt = program()
      .appendNumber('balance')
      .abandonCall({ to: id, cycles: trillion })
      .abandonCall({ to: id })
      .appendNumber('balance');
    const [before, after] = net.runNumbers(id, attempt.reply());
    expect(after).toBe(before);
  });

  test('cycles not in balance while in transit', () => {
    const { net, id } = setup();
    const callee = net.canister();
    net.network.faults.add({ caller: id }, { kind: 'delayReply', milliseconds: 60_000 });
    const before = net.network.canister(id).cycles;
    net.submit(id, program().call({ to: callee, arg: program().reply(), cycles: trillion }));
    net.network.run();
    expect(before - net.network.canister(id).cycles).toBeGreaterThan(trillion);
    net.network.runFor(60_000);
    expectAbout(net.network.canister(id).cycles, before);
  });

  test('two-step-refund', () => {
    const { net, id, balance } = setup();
    const [middle, last] = [net.canister(), net.canister()];
    const before = [balance(), balance(middle), balance(last)];
    const take = (amount: bigint) => program().acceptCycles(amount);
    const inner = take(10n).call({
      to: last,
      arg: take(5n).reply(),
      onReply: program().appendNumber('refunded').reply(),
      cycles: 10n,
    });
    const onReply = program().appendArgument().appendNumber('refunded').reply();
    expect(net.runNumbers(id, program().call({ to: middle, arg: inner, onReply, cycles: 20n }))).toEqual([
      5n,
      10n,
    ]);
    net.network.checkCycles();
    expect([balance(), balance(middle), balance(last)].every((now, i) => now < (before[i] ?? 0n))).toBe(true);
  });

  test('create and delete canister with cycles', () => {
    const { net, id, balance } = setup();
    const before = balance();
    const { canister_id } = manageFrom(
      net,
      id,
      'create_canister',
      signatures.createCanister,
      { settings: [], sender_canister_version: [] },
      3n * trillion,
    );
    expect(balance(canister_id)).toBe(3n * trillion - 500_000_000_000n);
    manageFrom(net, id, 'stop_canister', signatures.stopCanister, { canister_id });
    manageFrom(net, id, 'delete_canister', signatures.deleteCanister, { canister_id });
    expectAbout(balance(), before - 3n * trillion);
    net.network.checkCycles();
  });
});

describe('deposit_cycles', () => {
  function deposit(byController: boolean) {
    const { net, id, balance } = setup();
    const target = net.management.createCanister({
      cycles: 0n,
      settings: { controllers: byController ? [id] : [] },
    });
    manageFrom(net, id, 'deposit_cycles', signatures.depositCycles, { canister_id: target }, trillion);
    expect(balance(target)).toBe(trillion);
  }

  test('as controller', () => {
    deposit(true);
  });

  test('as other non-controlling canister', () => {
    deposit(false);
  });

  test('to non-existing canister', () => {
    const { net, id, balance } = setup();
    const gone = net.management.createCanister();
    net.management.stopCanister(gone);
    net.management.deleteCanister(gone);
    const before = balance();
    const attempt = () => {
      manageFrom(net, id, 'deposit_cycles', signatures.depositCycles, { canister_id: gone }, trillion);
    };
    expect(thrownBy(CanisterRejected, attempt)).toMatchObject({ rejectCode: 3 });
    expectAbout(balance(), before);
  });
});

describe('provisional top up', () => {
  test('as user', () => {
    const { net, id, balance } = setup();
    const before = balance();
    net.management.topUpCanister(id, trillion);
    expect(balance()).toBe(before + trillion);
  });

  test.each([
    ['as self', true],
    ['as other canister', false],
  ])('%s', (_case, self) => {
    const { net, id, balance } = setup();
    const caller = self ? id : net.canister();
    const before = balance();
    const argument = { canister_id: id, amount: 5n * trillion };
    manageFrom(net, caller, 'provisional_top_up_canister', signatures.provisionalTopUpCanister, argument);
    expectAbout(balance(), before + 5n * trillion);
  });

  test('more than 2^128', () => {
    const { net, id, balance } = setup();
    net.management.topUpCanister(id, 2n ** 128n);
    expect(balance()).toBe(2n ** 128n - 1n);
  });

  test('nonexisting canister', () => {
    const { net } = setup();
    const gone = net.management.createCanister();
    net.management.stopCanister(gone);
    net.management.deleteCanister(gone);
    expect(
      net.rejection(() => {
        net.management.topUpCanister(gone, 1n);
      }).errorCode,
    ).toBe('IC0301');
  });
});

test('attached cycles return from a rejected management call', () => {
  const { net, id, balance } = setup();
  const before = balance();
  const arg = new Uint8Array([1, 2, 3]);
  const answer = callFrom(net, id, {
    to: managementCanisterId,
    method: 'create_canister',
    arg,
    cycles: trillion,
  });
  expect(answer).toMatchObject({ kind: 'reject', code: 4 });
  expectAbout(balance(), before);
});
