import { describe, expect, test } from 'vitest';
import { program } from './support/program.ts';
import { programmableCanister } from './support/programmable-canister.ts';
import { TestNetwork, user } from './support/test-network.ts';

const trillion = 1_000_000_000_000n;
const callbackPrepayment = 40_005_000_000n;
const responsePrepayment = 2_097_152_000n;
const executionPrepayment = 40_005_000_000n;

describe('cycles along a call', () => {
  test('are accepted by the callee, and the rest returns before the callback runs', () => {
    const net = new TestNetwork();
    const [caller, callee] = [net.canister(), net.canister()];
    const before = net.network.canister(callee).cycles;
    const arg = program()
      .appendNumber('available')
      .acceptCycles(3n * trillion)
      .appendNumber('available')
      .reply();
    const onReply = program().appendArgument().appendNumber('refunded').reply();
    const numbers = net.runNumbers(
      caller,
      program().call({ to: callee, arg, onReply, cycles: 5n * trillion }),
    );
    expect(numbers).toEqual([5n * trillion, 2n * trillion, 2n * trillion]);
    const gained = net.network.canister(callee).cycles - before;
    expect(gained).toBeGreaterThan(3n * trillion - 10_000_000n);
    expect(gained).toBeLessThan(3n * trillion);
  });

  test('can be accepted in a callback of the callee, but not after it replied', () => {
    const net = new TestNetwork();
    const [caller, callee, third] = [net.canister(), net.canister(), net.canister()];
    const onInnerReply = program().acceptCycles(7n).reply().appendNumber('available');
    const arg = program().call({ to: third, arg: program().reply(), onReply: onInnerReply });
    const onReject = program().appendNumber('refunded').reply();
    // Appending after the reply traps, so the acceptance is undone and everything is refunded.
    expect(net.runNumbers(caller, program().call({ to: callee, arg, onReject, cycles: 10n }))).toEqual([10n]);
    const accepting = program().call({
      to: third,
      arg: program().reply(),
      onReply: program().acceptCycles(7n).reply(),
    });
    const onReply = program().appendNumber('refunded').reply();
    expect(
      net.runNumbers(caller, program().call({ to: callee, arg: accepting, onReply, cycles: 10n })),
    ).toEqual([3n]);
  });

  test('return in full when the callee traps, though it had accepted them', () => {
    const net = new TestNetwork();
    const [caller, callee] = [net.canister(), net.canister()];
    const arg = program().acceptCycles(trillion).trap('no');
    const onReject = program().appendNumber('refunded').reply();
    expect(net.runNumbers(caller, program().call({ to: callee, arg, onReject, cycles: trillion }))).toEqual([
      trillion,
    ]);
  });

  test('attached to a call that is begun and not performed return when the next one is begun', () => {
    const net = new TestNetwork();
    const id = net.canister();
    const attempt = program()
      .appendNumber('balance')
      .abandonCall({ to: id, cycles: trillion })
      .appendNumber('balance')
      .abandonCall({ to: id })
      .appendNumber('balance');
    const [before = 0n, during = 0n, after = 0n] = net.runNumbers(id, attempt.reply());
    expect(before - during).toBe(trillion);
    expect(after).toBe(before);
  });

  test('cannot be attached beyond the liquid balance', () => {
    const net = new TestNetwork();
    const [caller, callee] = [net.canister({ cycles: trillion }), net.canister()];
    const rejection = net.rejection(() =>
      net.run(caller, program().call({ to: callee, cycles: 2n * trillion })),
    );
    expect(rejection.errorCode).toBe('IC0207');
  });

  test('that are missing for the prepayment of a call make call_perform fail and stay', () => {
    const net = new TestNetwork();
    const callee = net.canister();
    // Enough for installing, then most of it is burned.
    const caller = net.canister({ cycles: trillion });
    const spare = 20_000_000_000n;
    net.run(
      caller,
      program()
        .burnCycles(net.network.canister(caller).cycles - executionPrepayment - spare)
        .reply(),
    );
    const attempt = program()
      .call({ to: callee, arg: program().reply(), cycles: 1_000n })
      .appendNumber('lastResult');
    expect(net.runNumbers(caller, attempt.reply())).toEqual([2n]);
    expect(net.network.canister(caller).openCallbacks).toBe(0);
  });
});

describe('the balance a canister sees', () => {
  test('lacks what is reserved for the execution and prepaid for calls', () => {
    const net = new TestNetwork();
    const [caller, callee] = [net.canister(), net.canister()];
    const held = net.network.canister(caller).cycles;
    const attempt = program()
      .appendNumber('balance')
      .call({ to: callee, arg: program().reply(), cycles: 500n })
      .appendNumber('balance')
      .reply();
    const [first = 0n, second = 0n] = net.runNumbers(caller, attempt);
    const ingressFee = 1_200_000n + 2_000n * BigInt(attempt.bytes.length + 'run'.length);
    expect(first).toBe(held - ingressFee - executionPrepayment);
    const requestFee = 260_000n + 1_000n * BigInt('run'.length + program().reply().bytes.length);
    expect(first - second).toBe(500n + requestFee + callbackPrepayment + responsePrepayment);
  });

  test('is charged for exactly the instructions that were used', () => {
    const net = new TestNetwork();
    const id = net.canister();
    const before = net.network.canister(id).cycles;
    const attempt = program().spin(1_000_000).reply();
    net.run(id, attempt);
    const step = net.events.filter((event) => event.event === 'step').at(-1);
    const ingressFee = 1_200_000n + 2_000n * BigInt(attempt.bytes.length + 'run'.length);
    expect(before - net.network.canister(id).cycles).toBe(
      ingressFee + 5_000_000n + (step?.instructions ?? 0n),
    );
    expect(step?.instructions).toBeGreaterThan(4_000_000n);
  });

  test('is charged for a query nothing', () => {
    const net = new TestNetwork();
    const id = net.canister();
    const before = net.network.canister(id).cycles;
    net.look(id, program().spin(1_000).reply());
    expect(net.network.canister(id).cycles).toBe(before);
  });

  test('burns what the canister wants, down to the freezing limit', () => {
    const net = new TestNetwork();
    const id = net.canister();
    const [burned = 0n] = net.runNumbers(id, program().burnCycles(5n).appendNumber('lastResult').reply());
    expect(burned).toBe(5n);
    const all = program()
      .burnCycles(2n ** 63n)
      .appendNumber('lastResult')
      .appendNumber('balance')
      .reply();
    const [, left = 0n] = net.runNumbers(id, all);
    expect(left).toBeGreaterThan(0n);
    expect(net.rejection(() => net.run(id, program().reply())).errorCode).toBe('IC0207');
  });
});

describe('a canister below its freezing limit', () => {
  test('refuses updates, calls and queries with IC0207, and tells controllers the missing amount', () => {
    const net = new TestNetwork();
    const id = net.canister({ cycles: 2n * trillion });
    const caller = net.canister();
    net.management.updateSettings(id, { freezing_threshold: 10n ** 12n });
    const rejection = net.rejection(() => net.run(id, program().reply()));
    expect(rejection).toMatchObject({ rejectCode: 2, errorCode: 'IC0207' });
    expect(rejection.rejectMessage).toMatch(
      /^Canister \S+ is out of cycles: please top up the canister with at least \d+ additional cycles$/,
    );
    expect(net.rejection(() => net.look(id, program().reply())).errorCode).toBe('IC0207');
    const onReject = program().appendRejectMessage().reply();
    const told = () => net.runText(caller, program().call({ to: id, onReject }));
    expect(told()).toBe(`IC0207: Canister ${id.toText()} is out of cycles`);
    net.management.updateSettings(id, { controllers: [user, caller] });
    expect(told()).toMatch(
      /^IC0207: Canister \S+ is out of cycles: please top up the canister with at least \d+ /,
    );
  });

  test('is not installed to', () => {
    const net = new TestNetwork();
    const id = net.management.createCanister({ cycles: 250_000_000_000n });
    const install = () => {
      net.management.installCode(id, { module: programmableCanister({}) });
    };
    const { errorCode, rejectMessage } = net.rejection(install);
    expect(errorCode).toBe('IC0207');
    expect(rejectMessage).toMatch(
      /^Canister installation failed with `Canister \S+ is out of cycles: please top up the canister with at least \d+ additional cycles`\.\n/,
    );
    net.network.addCycles(id, 10n ** 12n);
    install();
    expect(net.network.canister(id).moduleHash).toBeDefined();
  });
});

describe('a canister that grows', () => {
  /** A quarter of a gibibyte more, for so long, costs more than it has. */
  function poor() {
    const net = new TestNetwork();
    const id = net.canister({ cycles: trillion });
    net.management.updateSettings(id, { freezing_threshold: 10n ** 9n });
    return { net, id };
  }
  const pages = 4_096n;

  test('must still be able to pay for itself: growth that would freeze it fails with IC0532', () => {
    const { net, id } = poor();
    const grow = program().growStable(pages).reply('grown');
    const { errorCode, rejectMessage } = net.rejection(() => net.run(id, grow));
    expect(errorCode).toBe('IC0532');
    expect(rejectMessage).toMatch(
      /Canister cannot grow memory by 268435456 bytes due to insufficient cycles\. At least \d+ additional cycles are required\.\.\nTry topping up the canister\./,
    );
    expect(net.lookNumbers(id, program().appendNumber('stableSize').reply())).toEqual([0n]);
    // Who does not control it is not told what it has.
    const stranger = net.canister();
    const call = program().call({
      to: id,
      arg: grow,
      onReject: program().appendRejectMessage().reply(),
    });
    expect(net.runText(stranger, call)).toMatch(/due to insufficient cycles\.\.\nTry/);
  });

  test('may do so in a callback, where nothing begun must fail', () => {
    const { net, id } = poor();
    const other = net.canister();
    const onReply = program().growStable(pages).reply('grown');
    expect(net.runText(id, program().call({ to: other, arg: program().reply(), onReply }))).toBe('grown');
  });
});

test('deleting a canister burns its cycles', () => {
  const net = new TestNetwork();
  const id = net.canister();
  net.management.stopCanister(id);
  net.management.deleteCanister(id);
  net.network.checkCycles();
  expect(net.network.canisterIds()).toEqual([]);
  expect(net.rejection(() => net.run(id, program().reply()))).toMatchObject({
    errorCode: 'IC0301',
    rejectMessage: `Canister ${id.toText()} not found.`,
  });
  expect(net.management.createCanister().toText()).not.toBe(id.toText());
});
