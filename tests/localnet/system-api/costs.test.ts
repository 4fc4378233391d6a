import { describe, expect, test } from 'vitest';
import { program, type Program } from '../support/program.ts';
import { scratch } from '../support/programmable-canister.ts';
import { TestNetwork } from '../support/test-network.ts';

/** Two eight-byte halves, the low one first. */
function amountOf([low = 0n, high = 0n]: readonly bigint[]): bigint {
  return low + (high << 64n);
}

function costOf(name: string, ...parameters: readonly (number | bigint)[]): bigint {
  const net = new TestNetwork();
  return amountOf(
    net.runNumbers(
      net.canister(),
      program()
        .appendCycles(name, ...parameters)
        .reply(),
    ),
  );
}

describe('a cost function', () => {
  test('of a call says what the call needs: bytes, the largest response, the longest callback', () => {
    const net = new TestNetwork();
    const id = net.canister();
    const arg = program().reply();
    const cost = costOf('cost_call', 'run'.length, arg.bytes.length);
    const bytes = BigInt('run'.length + arg.bytes.length);
    expect(cost).toBe(260_000n + 1_000n * bytes + 2_097_152_000n + 5_000_000n + 40_000_000_000n);
    // Exactly that much leaves the balance at call_perform.
    const [before = 0n, after = 0n] = net.runNumbers(
      id,
      program().appendNumber('balance').call({ to: id, arg }).appendNumber('balance').reply(),
    );
    expect(before - after).toBe(cost);
  });

  test('of creating a canister is the price create_canister takes', () => {
    expect(costOf('cost_create_canister')).toBe(500_000_000_000n);
    const net = new TestNetwork({ creationFeeCycles: 7n });
    const asked = net.runNumbers(net.canister(), program().appendCycles('cost_create_canister').reply());
    expect(amountOf(asked)).toBe(7n);
  });

  test('of an HTTP request grows with what is sent and what may come', () => {
    const base = 49_140_000n;
    expect(costOf('cost_http_request', 0, 0)).toBe(base);
    expect(costOf('cost_http_request', 100, 2_000_000)).toBe(base + 100n * 5_200n + 2_000_000n * 10_400n);
  });

  const keyCost = (name: string, keyName: string, algorithm: number): Program =>
    program()
      .writeScratch(keyName)
      .system(name, scratch.address, keyName.length, algorithm, scratch.address + 64)
      .appendNumber('lastResult')
      .system('debug_print', 0, 0)
      .appendScratch(64 + 16)
      .reply();
  const askKey = (name: string, keyName: string, algorithm: number) => {
    const net = new TestNetwork();
    const answer = net.run(net.canister(), keyCost(name, keyName, algorithm));
    const view = new DataView(answer.buffer, answer.byteOffset);
    return { code: view.getBigUint64(0, true), cost: view.getBigUint64(8 + 64, true) };
  };

  test.each([
    ['cost_sign_with_ecdsa', 1],
    ['cost_sign_with_schnorr', 2],
    ['cost_vetkd_derive_key', 1],
  ])('%s knows the keys and %i algorithms', (name, algorithms) => {
    for (let algorithm = 0; algorithm < algorithms; algorithm += 1) {
      expect(askKey(name, 'test_key_1', algorithm)).toEqual({ code: 0n, cost: 10_000_000_000n });
      expect(askKey(name, 'key_1', algorithm)).toEqual({ code: 0n, cost: 26_153_846_153n });
    }
    // Nothing is written then.
    expect(askKey(name, 'key_1', algorithms)).toEqual({ code: 1n, cost: 0n });
    expect(askKey(name, 'key_9', 0)).toEqual({ code: 2n, cost: 0n });
    expect(askKey(name, 'key_9', algorithms)).toEqual({ code: 1n, cost: 0n });
  });

  test('traps when the answer does not fit into the memory', () => {
    const net = new TestNetwork();
    const attempt = program()
      .system('cost_create_canister', 65_536 - 15)
      .reply();
    expect(net.rejection(() => net.run(net.canister(), attempt)).rejectMessage).toContain(
      'heap out of bounds',
    );
  });
});
