import { IDL } from '@dfinity/candid';
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

  describe('of an HTTP request of pricing version 2', () => {
    const OutcallType = IDL.Variant({
      fully_replicated: IDL.Null,
      non_replicated: IDL.Null,
      flexible: IDL.Opt(
        IDL.Record({ min_responses: IDL.Nat32, max_responses: IDL.Nat32, total_requests: IDL.Nat32 }),
      ),
    });
    const fields = {
      request_bytes: IDL.Nat64,
      http_roundtrip_time_ms: IDL.Nat64,
      raw_response_bytes: IDL.Nat64,
      transformed_response_bytes: IDL.Nat64,
      transform_instructions: IDL.Nat64,
    };
    const usage = {
      request_bytes: 100n,
      http_roundtrip_time_ms: 2_000n,
      raw_response_bytes: 1_000n,
      transformed_response_bytes: 2_000n,
      transform_instructions: 26n,
    };
    const ask = (encoded: Uint8Array): bigint => {
      const net = new TestNetwork();
      const asked = program()
        .writeScratch(encoded)
        .appendCycles('cost_http_request_v2', scratch.address, encoded.length);
      return amountOf(net.runNumbers(net.canister(), asked.reply()));
    };
    const costOfType = (type: object, changed: Partial<typeof usage> = {}): bigint =>
      ask(
        IDL.encode(
          [IDL.Record({ ...fields, outcall_type: IDL.Opt(OutcallType) })],
          [{ ...usage, ...changed, outcall_type: [type] }],
        ),
      );
    const flexible = (minimum: number, maximum: number, total: number) => ({
      flexible: [{ min_responses: minimum, max_responses: maximum, total_requests: total }],
    });
    // The numbers of the replica's own tests, for a subnet of 13 nodes.
    const perNode = 650_002n;

    test('that all nodes make', () => {
      const expected = 38_482_600n + 13n * perNode + 27_415_557n;
      expect(costOfType({ fully_replicated: null })).toBe(expected);
      expect(ask(IDL.encode([IDL.Record(fields)], [usage]))).toBe(expected);
    });

    test('that one node makes', () => {
      const expected = 29_913_000n + (perNode + 50n * 2_000n * 13n) + 18_980_000n;
      expect(costOfType({ non_replicated: null })).toBe(expected);
    });

    test('that a committee makes', () => {
      const three = 31_551_000n + 3n * (perNode + 50n * 2_000n * 13n) + 62_093_070n + 1_638_000n;
      expect(costOfType(flexible(2, 3, 3))).toBe(three);
      expect(costOfType(flexible(2, 2, 3))).toBe(three);
      expect(costOfType({ flexible: [] })).toBe(costOfType(flexible(9, 13, 13)));
      const forgotten = costOfType(flexible(0, 0, 3));
      expect(forgotten).toBe(28_275_000n + 3n * (perNode + 50n * 2_000n * 13n));
    });

    test('reserves enough for the largest reject', () => {
      const small = costOfType({ fully_replicated: null }, { transformed_response_bytes: 100n });
      expect(small).toBe(38_482_600n + 13n * perNode + 14_050_478n);
    });

    test('traps on anything but its parameters', () => {
      const net = new TestNetwork();
      const id = net.canister();
      const attempt = (bytes: number) => () =>
        net.run(id, program().system('cost_http_request_v2', 0, bytes, scratch.address));
      expect(net.rejection(attempt(0)).errorCode).toBe('IC0504');
      expect(net.rejection(attempt(8)).errorCode).toBe('IC0504');
      expect(net.rejection(attempt(1_025)).rejectMessage).toContain('too large');
    });
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
