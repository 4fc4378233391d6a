import { describe, expect, test } from 'vitest';
import { transform } from '../../../src/localnet/management/http-request-candid.ts';
import { program } from '../support/program.ts';
import { OutcallNetwork, response } from './outcall-network.ts';

const x = (count: number) => 'x'.repeat(count);
const empty = { status: 200n, headers: [], body: new Uint8Array() };
const encode = (text: string) => new TextEncoder().encode(text);

describe('a transform function', () => {
  const reflect = program().appendArgument().reply();
  const transforming = (net: OutcallNetwork, context = '', method = 'transform') =>
    net.start({ transform: [{ function: [net.id, method], context: encode(context) }] });

  test('gets the response and the context, and what it replies is the canister’s response', () => {
    const net = new OutcallNetwork(reflect);
    const { outcome } = transforming(net, 'context');
    net.network.answerHttpOutcall(0, response('body', { name: 'value' }));
    const answered = outcome();
    if (answered?.kind !== 'reply') throw new Error('no reply');
    expect(transform.decodeArgument(answered.bytes)).toEqual({
      response: { status: 200n, headers: [{ name: 'name', value: 'value' }], body: encode('body') },
      context: encode('context'),
    });
  });

  test('is a query: what it changes is dropped', () => {
    const net = new OutcallNetwork(program().addToHeap(5n).append(transform.encodeResult(empty)).reply());
    transforming(net);
    net.network.answerHttpOutcall(0, response());
    net.network.run();
    expect(net.lookNumbers(net.id, program().appendNumber('heapCounter').reply())).toEqual([0n]);
  });

  test.each([
    ['rejects', program().reject('not like that'), 4, 'not like that'],
    [
      'traps',
      program().trap('oh no'),
      5,
      /^IC0503: Error from Canister .* called `ic0.trap` with message: 'oh no'/,
    ],
    ['does not answer', program().addToHeap(1n), 5, /^IC0506: .* did not produce a response/],
    ['never ends', program().loopForever(), 5, /^IC0522: /],
  ])('that %s rejects the request', (_, body, code, message) => {
    const net = new OutcallNetwork(body, { instructionLimits: { query: 1_000_000n } });
    const { outcome } = transforming(net);
    net.network.answerHttpOutcall(0, response());
    expect(outcome()).toMatchObject({
      kind: 'reject',
      code,
      message: expect.stringMatching(message) as string,
    });
  });

  test('that does not exist, or is a composite query, rejects the request', () => {
    const net = new OutcallNetwork();
    const missing = transforming(net, '', 'missing');
    net.network.answerHttpOutcall(net.pending.id, response());
    expect(missing.outcome()).toMatchObject({
      code: 5,
      message: expect.stringContaining('IC0536') as string,
    });
    const composite = transforming(net, '', 'compose');
    net.network.answerHttpOutcall(net.pending.id, response());
    expect(composite.outcome()).toMatchObject({
      code: 5,
      message: 'IC0527: Composite query cannot be used as transform in canister http outcalls.',
    });
  });

  test('may say no more than the response may', () => {
    const net = new OutcallNetwork(program().append(x(100)).reply());
    const request = { transform: [{ function: [net.id, 'transform'], context: encode('') }] } as never;
    const { outcome } = net.start({ ...(request as object), max_response_bytes: [99n] });
    net.network.answerHttpOutcall(0, response());
    expect(outcome()).toMatchObject({ code: 1, message: 'Transformed http response exceeds limit: 99' });
  });
});
