import { Principal } from '@dfinity/principal';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HttpOutcallNotPendingError } from '../../../src/localnet/index.ts';
import { transform } from '../../../src/localnet/management/http-request-candid.ts';
import { canisterMetrics } from '../../../src/localnet/management/candid-subnet.ts';
import { thrownBy } from '../../support/thrown-by.ts';
import { program } from '../support/program.ts';
import { user } from '../support/test-network.ts';
import { OutcallNetwork, outcallProgram, plentyOfCycles, response, textOf } from './outcall-network.ts';

const x = (count: number) => 'x'.repeat(count);
const encode = (text: string) => new TextEncoder().encode(text);

/** (3,000,000 + 60,000·13)·13 + 400·13·requestBytes + 800·13·maximumResponseBytes. */
const feeCycles = (requestBytes: number, maximumResponseBytes: number) =>
  49_140_000n + 5_200n * BigInt(requestBytes) + 10_400n * BigInt(maximumResponseBytes);

const empty = { status: 200n, headers: [], body: new Uint8Array() };

describe('an HTTP request of a canister', () => {
  test('waits until somebody answers it, and shows what the canister asked for', () => {
    const net = new OutcallNetwork(program().reply());
    const { outcome } = net.start({
      url: 'https://example.com/path?query',
      method: { post: null },
      headers: [{ name: 'Accept', value: 'text/plain' }],
      body: [encode('question')],
      max_response_bytes: [1_000n],
    });
    expect(outcome()).toBeUndefined();
    expect(net.pending).toEqual({
      id: 0,
      caller: net.id,
      method: 'POST',
      url: 'https://example.com/path?query',
      headers: [{ name: 'Accept', value: 'text/plain' }],
      body: encode('question'),
      maximumResponseBytes: 1_000,
      transform: undefined,
      isReplicated: true,
      pricingVersion: 1,
      startedAtNanos: net.network.timeNanos,
    });
    net.network.answerHttpOutcall(0, response('answer', { 'content-type': 'text/plain' }, 418));
    expect(outcome()).toMatchObject({
      kind: 'reply',
      result: {
        status: 418n,
        headers: [{ name: 'content-type', value: 'text/plain' }],
        body: encode('answer'),
      },
    });
    expect(net.network.pendingHttpOutcalls()).toEqual([]);
  });

  test('costs its fee, also when it is rejected, and returns all other cycles', () => {
    const net = new OutcallNetwork();
    const url = 'https://example.com/';
    const consumed = () => {
      const arg = canisterMetrics.encodeArgument({ canister_id: net.id });
      const canisterId = Principal.managementCanister();
      const reply = net.network.query({ sender: user, canisterId, method: 'canister_metrics', arg });
      return canisterMetrics.decodeResult(reply).cycles_consumed.http_outcalls;
    };
    const fee = feeCycles(url.length + 'name'.length + 'value'.length + 'body'.length, 500);
    const request = {
      url,
      headers: [{ name: 'name', value: 'value' }],
      body: [encode('body')] as [Uint8Array],
      max_response_bytes: [500n] as [bigint],
    };
    const replied = net.start(request);
    net.network.answerHttpOutcall(net.pending.id, response());
    expect(replied.outcome()?.refundedCycles).toBe(plentyOfCycles - fee);
    expect(consumed()).toBe(fee);
    const rejected = net.start(request);
    net.network.answerHttpOutcall(net.pending.id, { kind: 'reject', rejectCode: 2, message: 'down' });
    expect(rejected.outcome()?.refundedCycles).toBe(plentyOfCycles - fee);
  });

  test('without a limit of its response costs what the largest response does, and its transform counts', () => {
    const net = new OutcallNetwork(program().append(transform.encodeResult(empty)).reply());
    const { outcome } = net.start({
      transform: [{ function: [net.id, 'transform'], context: encode('context') }],
    });
    net.network.answerHttpOutcall(0, response());
    const requestBytes = 'https://example.com/'.length + 'transform'.length + 'context'.length;
    expect(outcome()?.refundedCycles).toBe(plentyOfCycles - feeCycles(requestBytes, 2_000_000));
  });

  test('with too few cycles is refused in the replica’s words, and keeps none', () => {
    const net = new OutcallNetwork();
    expect(net.refused({ cycles: 1_000_000n, url: 'https://a.b', max_response_bytes: [0n] })).toEqual({
      kind: 'reject',
      refundedCycles: 1_000_000n,
      code: 4,
      message: 'http_request request sent with 1_000_000 cycles, but 49_197_200 cycles are required.',
    });
    expect(net.network.pendingHttpOutcalls()).toEqual([]);
  });

  test('names no transform function of another canister', () => {
    const net = new OutcallNetwork();
    const other = net.canister({ transform: true });
    expect(
      net.refused({ transform: [{ function: [other, 'transform'], context: new Uint8Array() }] }),
    ).toMatchObject({
      code: 4,
      message: `transform principal id expected to be ${net.id.toText()}, got ${other.toText()}`,
    });
  });

  test.each([['put'], ['delete'], ['patch']] as const)(
    'that says %s is made by one node or not at all',
    (name) => {
      const net = new OutcallNetwork();
      const method = { [name]: null } as never;
      expect(net.refused({ method })).toMatchObject({
        code: 4,
        message: 'The requested HTTP method is only allowed for non-replicated requests.',
      });
      net.start({ method, is_replicated: [false] });
      expect(net.pending).toMatchObject({ method: name.toUpperCase(), isReplicated: false });
    },
  );

  test.each([
    ['url size 8193 exceeds 8192', { url: `https://${x(8_185)}` }],
    [
      'max_response_bytes expected to be in the range [0..2000000], got 2000001',
      { max_response_bytes: [2_000_001n] as [bigint] },
    ],
    [
      'number of bytes to represent some http header name 8193 exceeds 8192',
      { headers: [{ name: x(8_193), value: '' }] },
    ],
    [
      'number of bytes to represent some http header value 8193 exceeds 8192',
      { headers: [{ name: '', value: x(8_193) }] },
    ],
    [
      'total number of bytes to represent all http header names and values and http body 2000001 exceeds 2000000',
      { headers: [{ name: 'n', value: 'v' }], body: [new Uint8Array(1_999_999)] as [Uint8Array] },
    ],
  ])('is refused: %s', (message, request) => {
    const net = new OutcallNetwork();
    expect(net.refused(request)).toMatchObject({ code: 4, message, refundedCycles: plentyOfCycles });
  });

  test.each([
    ['number of elements', 64, Array.from({ length: 65 }, () => ({ name: 'n', value: 'v' }))],
    ['single element data size', 16_384, [{ name: x(8_193), value: x(8_192) }]],
    ['total data size', 49_152, Array.from({ length: 7 }, () => ({ name: x(7_168), value: '' }))],
  ])('whose headers exceed the %s is not even decoded', (what, limit, headers) => {
    const net = new OutcallNetwork();
    expect(net.refused({ headers })).toMatchObject({
      code: 4,
      message: expect.stringContaining(`The ${what} exceeds maximum allowed ${limit}`) as string,
    });
  });

  test('is refused when 3,000 wait already', () => {
    const net = new OutcallNetwork();
    const others = Array.from({ length: 6 }, () => net.canister({ cycles: 10n ** 17n }));
    const cheap = { cycles: 100_000_000n, max_response_bytes: [0n] as [bigint] };
    for (const id of others) for (let count = 0; count < 500; count += 1) net.start(cheap, id);
    expect(net.network.pendingHttpOutcalls()).toHaveLength(3_000);
    expect(net.refused(cheap)).toMatchObject({
      code: 4,
      message: 'max number (3000) of http requests in-flight reached.',
    });
  });

  test('cannot be made by a user', () => {
    const net = new OutcallNetwork();
    const call = { sender: Principal.anonymous(), canisterId: Principal.managementCanister() };
    const rejection = net.rejection(() =>
      net.network.update({ ...call, method: 'http_request', arg: new Uint8Array() }),
    );
    expect(rejection.rejectMessage).toBe('Only canisters can call ic00 method http_request');
  });
});

describe('time', () => {
  test('ends a request after a minute, and does not make anybody hang', () => {
    const net = new OutcallNetwork();
    const before = net.network.timeNanos;
    const reply = net.run(net.id, outcallProgram());
    expect(new TextDecoder().decode(reply)).toContain('Canister http request timed out');
    expect(reply[9]).toBe(2);
    expect(net.network.timeNanos - before).toBe(60_000_000_000n);
    expect(net.network.pendingHttpOutcalls()).toEqual([]);
  });

  test('lets a bounded wait end before, and its late answer only brings back cycles', () => {
    const net = new OutcallNetwork();
    const { outcome } = net.start({ timeoutSeconds: 10 });
    net.network.runFor(15_000);
    expect(outcome()).toMatchObject({ kind: 'reject', code: 6, message: 'Call deadline has expired.' });
    const { cycles } = net.network.canister(net.id);
    net.network.answerHttpOutcall(net.pending.id, response());
    net.network.run();
    expect(net.network.canister(net.id).cycles).toBeGreaterThan(cycles);
    net.network.checkCycles();
  });
});

describe('the answer', () => {
  test('to a request that does not wait is an error and changes nothing', () => {
    const net = new OutcallNetwork();
    const attempt = () => {
      net.network.answerHttpOutcall(7, response());
    };
    expect(thrownBy(HttpOutcallNotPendingError, attempt).code).toBe('HTTP_OUTCALL_NOT_PENDING');
    net.start();
    net.network.answerHttpOutcall(0, response());
    expect(() => {
      net.network.answerHttpOutcall(0, response());
    }).toThrow(HttpOutcallNotPendingError);
  });

  test('that rejects reaches the canister with its code and its own words', () => {
    const net = new OutcallNetwork();
    const { outcome } = net.start();
    net.network.answerHttpOutcall(0, { kind: 'reject', rejectCode: 3, message: 'Connection refused' });
    expect(outcome()).toMatchObject({ kind: 'reject', code: 3, message: 'Connection refused' });
  });

  test.each([
    ['Header size exceeds specified response size limit 10', response('', { name: 'longer value' })],
    ['Http body exceeds size limit of 10 bytes.', response('123', { name: 'val1' })],
  ])('that is larger than the canister allowed: %s', (message, answer) => {
    const net = new OutcallNetwork();
    const { outcome } = net.start({ max_response_bytes: [10n] });
    net.network.answerHttpOutcall(0, answer);
    expect(outcome()).toMatchObject({ kind: 'reject', code: 1, message });
  });

  test('of each node: nine of 13 must be the same', () => {
    const net = new OutcallNetwork();
    const answers = (different: number) =>
      Array.from({ length: 13 }, (_, node) => response(node < different ? `other ${node}` : 'same'));
    const agreed = net.start();
    net.network.answerHttpOutcall(net.pending.id, ...answers(4));
    expect(textOf(agreed.outcome())).toBe('same');
    const diverged = net.start();
    net.network.answerHttpOutcall(net.pending.id, ...answers(5));
    expect(diverged.outcome()).toMatchObject({
      code: 2,
      message: expect.stringMatching(
        /^No consensus could be reached\. Replicas had different responses\. Details: request_id: 1, hashes: \[[0-9a-f]{64}: 8\], /,
      ) as string,
    });
    net.start();
    expect(() => {
      net.network.answerHttpOutcall(net.pending.id, response(), response());
    }).toThrow(RangeError);
    expect(net.network.pendingHttpOutcalls()).toHaveLength(1);
  });

  test('of each node counts only the first when one node makes the request', () => {
    const net = new OutcallNetwork();
    const { outcome } = net.start({ is_replicated: [false] });
    net.network.answerHttpOutcall(0, ...Array.from({ length: 13 }, (_, node) => response(`${node}`)));
    expect(textOf(outcome())).toBe('0');
  });

  test('of any size passes exactly when it is within any limit', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 300 }),
        fc.integer({ min: 0, max: 300 }),
        fc.dictionary(fc.stringMatching(/^[a-z]{1,9}$/), fc.string({ maxLength: 60 }), { maxKeys: 4 }),
        (limit, bodyBytes, headers) => {
          const net = new OutcallNetwork();
          const { outcome } = net.start({ max_response_bytes: [BigInt(limit)] });
          const answer = response(new Uint8Array(bodyBytes), headers);
          const bytes = answer.headers.reduce(
            (sum, { name, value }) => sum + name.length + Buffer.byteLength(value),
            bodyBytes,
          );
          net.network.answerHttpOutcall(0, answer);
          expect(outcome()?.kind).toBe(bytes <= limit ? 'reply' : 'reject');
        },
      ),
      { numRuns: 20 },
    );
  });
});

describe('a checkpoint', () => {
  test('keeps requests that wait, which can be answered after each return', () => {
    const net = new OutcallNetwork();
    const { outcome } = net.start();
    const checkpoint = net.network.checkpoint();
    for (const body of ['once', 'twice']) {
      net.network.restore(checkpoint);
      net.network.answerHttpOutcall(0, response(body));
      expect(textOf(outcome())).toBe(body);
    }
    expect(net.network.pendingHttpOutcalls()).toEqual([]);
  });
});

describe('the canister', () => {
  test('does not stop before its request is answered', () => {
    const net = new OutcallNetwork();
    net.start();
    const before = net.network.timeNanos;
    net.management.stopCanister(net.id);
    expect(net.network.timeNanos - before).toBe(60_000_000_000n);
    expect(net.network.canister(net.id).status).toBe('stopped');
  });

  test('that is uninstalled meanwhile gets its cycles back and nothing else', () => {
    const net = new OutcallNetwork();
    net.start();
    net.management.uninstallCode(net.id);
    const { cycles } = net.network.canister(net.id);
    net.network.answerHttpOutcall(0, response());
    net.network.run();
    expect(net.network.canister(net.id).cycles).toBeGreaterThan(cycles);
    net.network.checkCycles();
  });
});
