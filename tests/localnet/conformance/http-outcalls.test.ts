import type { Principal } from '@dfinity/principal';
import { describe, expect, test } from 'vitest';
import { performHttpOutcall } from '../../../src/localnet/http-outcalls/index.ts';
import type { HttpHeader, HttpOutcallAnswer } from '../../../src/localnet/index.ts';
import { type HttpRequestArgument, transform } from '../../../src/localnet/management/http-request-candid.ts';
import { OutcallNetwork, type OutcallRequest, type Outcome } from '../http-outcalls/outcall-network.ts';
import { type Program, program } from '../support/program.ts';

/*
 * The cases of ic-hs `IC/Test/Spec/HTTP.hs`. Its server is played: what it would send is given as the answer. Every
 * request comes with exactly its fee, as there: nothing of it is left, unless the request is refused.
 */

const x = (count: number) => 'x'.repeat(count);
const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

const maximumBytes = 2_000_000;
const maximumUrlBytes = 8_192;
const maximumHeaders = 64;
const maximumHeaderPartBytes = 8_192;
const maximumHeadersBytes = 49_152;

const bytesOf = (headers: readonly HttpHeader[]) =>
  headers.reduce((sum, { name, value }) => sum + name.length + value.length, 0);

function feeOf(request: OutcallRequest): bigint {
  const { url = '', headers = [], body = [], transform: [wanted] = [] as [] } = request;
  const [maximumResponseBytes = BigInt(maximumBytes)] = request.max_response_bytes ?? [];
  const transformBytes = wanted === undefined ? 0 : wanted.function[1].length + wanted.context.length;
  const requestBytes = encode(url).length + bytesOf(headers) + (body[0]?.length ?? 0) + transformBytes;
  return 49_140_000n + 5_200n * BigInt(requestBytes) + 10_400n * maximumResponseBytes;
}

/** What the suite's server sends besides the body; `extra` first. */
function served(
  body: Uint8Array,
  extra: readonly HttpHeader[] = [],
): HttpOutcallAnswer & { kind: 'response' } {
  const headers = [
    ...extra,
    { name: 'date', value: 'Jan 1 1970 00:00:00 GMT' },
    { name: 'content-type', value: 'application/octet-stream' },
    { name: 'content-length', value: String(body.length) },
    { name: 'connection', value: 'close' },
    { name: 'access-control-allow-origin', value: '*' },
    { name: 'access-control-allow-credentials', value: 'true' },
  ];
  return { kind: 'response', status: 200, headers, body };
}

const dummy = {
  status: 202n,
  headers: [{ name: 'Content-Length', value: '6' }],
  body: encode('Dummy!'),
};
const dummyTransform = program().append(transform.encodeResult(dummy)).reply();

/** Replies with status 200 and a body of so many bytes, which `content` appends. */
function replyWithBody(bytes: number, content: Program): Program {
  const whole = transform.encodeResult({ status: 200n, headers: [], body: encode(x(bytes)) });
  const start = Buffer.from(whole).indexOf(x(bytes));
  return program()
    .append(whole.slice(0, start))
    .followedBy(content)
    .append(whole.slice(start + bytes))
    .reply();
}

class Suite extends OutcallNetwork {
  /** A request that waits, with its fee attached. */
  begin(parts: OutcallRequest) {
    const request = { url: 'https://httpbin.org/anything', ...parts };
    const { outcome } = this.start({ ...request, cycles: feeOf(request) });
    return (answer: HttpOutcallAnswer): Outcome => {
      this.network.answerHttpOutcall(this.pending.id, answer);
      const result = outcome();
      if (result === undefined) throw new Error('The request is not answered.');
      expect(result.refundedCycles).toBe(0n);
      return result;
    };
  }

  /** The result of a request that is answered so. */
  reply(parts: OutcallRequest, answer: HttpOutcallAnswer) {
    const outcome = this.begin(parts)(answer);
    if (outcome.kind !== 'reply') throw new Error(`${outcome.code}: ${outcome.message}`);
    return outcome.result;
  }

  /** The reject code of a request that is answered so. */
  rejectCode(parts: OutcallRequest, answer: HttpOutcallAnswer): number {
    return codeOf(this.begin(parts)(answer));
  }

  /** The reject code of a request that is refused, which returns all cycles. */
  refusal(parts: OutcallRequest): number {
    const request = { url: 'https://httpbin.org/anything', ...parts };
    const outcome = this.refused({ ...request, cycles: feeOf(request) });
    expect(outcome.refundedCycles).toBe(feeOf(request));
    return codeOf(outcome);
  }

  transform(
    context = '',
    method = 'transform',
    canister: Principal = this.id,
  ): HttpRequestArgument['transform'] {
    return [{ function: [canister, method], context: encode(context) }];
  }
}

function codeOf(outcome: Outcome): number {
  if (outcome.kind !== 'reject') throw new Error('The request got a reply.');
  return outcome.code;
}

/** A POST whose headers and body the server receives as they are. */
function expectSent(headers: readonly HttpHeader[], body = encode('Hello, world!')): void {
  const suite = new Suite();
  const answer = suite.begin({ method: { post: null }, headers: [...headers], body: [body] });
  expect(suite.pending).toMatchObject({ method: 'POST', headers });
  expect(Buffer.compare(suite.pending.body, body)).toBe(0);
  expect(answer(served(encode('received')))).toMatchObject({ kind: 'reply', result: { status: 200n } });
}

const post = (headers: HttpHeader[]): OutcallRequest => ({
  method: { post: null },
  headers,
  body: [encode('Hello, world!')],
});
const numbered = (count: number): HttpHeader[] =>
  Array.from({ length: count }, (_, index) => ({ name: `name${index}`, value: `value${index}` }));
/** As many of the largest headers as are allowed together. */
const largestHeaders: readonly HttpHeader[] = Array.from(
  { length: maximumHeadersBytes / (2 * maximumHeaderPartBytes) },
  (_, index) => ({ name: `${index}${x(maximumHeaderPartBytes - 1)}`, value: x(maximumHeaderPartBytes) }),
);
/** A response whose headers have so many bytes. */
function servedWithHeaders(bytes: number) {
  const rest = bytes - bytesOf(served(new Uint8Array()).headers);
  const whole = Array.from({ length: Math.floor(rest / maximumHeaderPartBytes) }, (_, index) => ({
    name: `${index}`,
    value: x(maximumHeaderPartBytes - 1),
  }));
  const last = { name: 'l', value: x(rest - bytesOf(whole) - 1) };
  return served(new Uint8Array(), [...whole, last]);
}

describe('HTTP', () => {
  test('invalid domain name', async () => {
    const suite = new Suite();
    const answer = suite.begin({ url: 'https://xwWPqqbNqxxHmLXdguF4DN9xGq22nczV.invalid' });
    expect(codeOf(answer(await performHttpOutcall(suite.pending)))).toBe(2);
  });

  test('GET call', () => {
    const result = new Suite().reply({ max_response_bytes: [666n] }, served(encode('hello_world')));
    expect([result.status, decode(result.body)]).toEqual([200n, 'hello_world']);
  });

  test('POST call', () => {
    expectSent([
      { name: 'name1', value: 'value1' },
      { name: 'name2', value: 'value2' },
    ]);
  });

  test('HEAD call', () => {
    const suite = new Suite();
    const answer = suite.begin({
      method: { head: null },
      body: [encode(x(6_666))],
      max_response_bytes: [666n],
    });
    expect(suite.pending).toMatchObject({ method: 'HEAD', body: encode(x(6_666)) });
    const { headers } = served(encode(x(6_666)));
    expect(answer({ kind: 'response', status: 200, headers, body: new Uint8Array() })).toMatchObject({
      result: { status: 200n, body: new Uint8Array() },
    });
  });

  test.each([
    ['url must start with https://', 'http://httpbin.org/ascii/hello_world'],
    ['non-ascii URL', 'https://httpbin.org/ascii/안녕하세요'],
  ])('%s', async (_, url) => {
    const suite = new Suite();
    const answer = suite.begin({ url });
    expect(codeOf(answer(await performHttpOutcall(suite.pending, { httpsOnly: true })))).toBe(1);
  });

  const someHeaders = [
    { name: 'name1', value: 'value1' },
    { name: 'content-type', value: 'text/html; charset=utf-8' },
  ];
  const largestBody = new Uint8Array(maximumBytes - bytesOf(someHeaders));

  test('maximum possible request size', () => {
    expectSent(someHeaders, largestBody);
  });

  test('maximum possible request size exceeded', () => {
    const body: [Uint8Array] = [new Uint8Array(largestBody.length + 1)];
    expect(new Suite().refusal({ method: { post: null }, headers: someHeaders, body })).toBe(4);
  });

  test.each([
    ['small maximum possible response size', 'hello_world', 158],
    ['small maximum possible response size (only headers)', '', 157],
  ])('%s', (_, body, headerBytes) => {
    const answer = served(encode(body));
    expect(bytesOf(answer.headers)).toBe(headerBytes);
    const maximum = BigInt(headerBytes + body.length);
    const result = new Suite().reply({ max_response_bytes: [maximum] }, answer);
    expect([result.status, decode(result.body)]).toEqual([200n, body]);
  });

  test.each([
    ['small maximum possible response size exceeded', 'hello_world'],
    ['small maximum possible response size (only headers) exceeded', ''],
  ])('%s', (_, body) => {
    const answer = served(encode(body));
    const maximum = BigInt(bytesOf(answer.headers) + body.length - 1);
    expect(new Suite().rejectCode({ max_response_bytes: [maximum] }, answer)).toBe(1);
  });

  const largestResponseBody = maximumBytes - 163;

  test('large maximum possible response size', () => {
    const suite = new Suite(dummyTransform);
    const answer = served(new Uint8Array(largestResponseBody));
    expect(bytesOf(answer.headers) + answer.body.length).toBe(maximumBytes);
    expect(suite.reply({ transform: suite.transform() }, answer)).toEqual(dummy);
  });

  test('large maximum possible response size exceeded', () => {
    const suite = new Suite(dummyTransform);
    const answer = served(new Uint8Array(largestResponseBody + 1));
    expect(suite.rejectCode({ transform: suite.transform() }, answer)).toBe(1);
  });

  const urlOf = (bytes: number) => `https://${x(bytes - 'https://'.length)}`;

  test('maximum possible url size', () => {
    const suite = new Suite();
    const answer = suite.begin({ url: urlOf(maximumUrlBytes) });
    expect(suite.pending.url).toHaveLength(maximumUrlBytes);
    expect(answer(served(encode('xxx')))).toMatchObject({ kind: 'reply' });
  });

  test('maximum possible url size exceeded', () => {
    expect(new Suite().refusal({ url: urlOf(maximumUrlBytes + 1) })).toBe(4);
  });

  test('maximum possible value of max_response_bytes', () => {
    const answer = served(encode('hello_world'));
    const result = new Suite().reply({ max_response_bytes: [BigInt(maximumBytes)] }, answer);
    expect(decode(result.body)).toBe('hello_world');
  });

  test('maximum possible value of max_response_bytes exceeded', () => {
    expect(new Suite().refusal({ max_response_bytes: [BigInt(maximumBytes) + 1n] })).toBe(4);
  });

  test('call with simple transform', () => {
    const suite = new Suite(dummyTransform);
    const request = { ...post(numbered(2)), max_response_bytes: [666n] as [bigint] };
    expect(suite.reply({ ...request, transform: suite.transform() }, served(encode('anything')))).toEqual(
      dummy,
    );
  });

  test('reflect transform context', () => {
    const answer = served(encode('hello_world'));
    const argument = {
      response: { status: 200n, headers: answer.headers, body: answer.body },
      context: encode('asdf'),
    };
    const bytes = transform.encodeArgument(argument).length;
    const suite = new Suite(replyWithBody(bytes, program().appendArgument()));
    const { body } = suite.reply({ transform: suite.transform('asdf') }, answer);
    expect(transform.decodeArgument(body)).toEqual(argument);
  });

  test('non-existent transform function', () => {
    const suite = new Suite();
    // CANISTER_ERROR since a missing method is one; it was DESTINATION_INVALID when the suite was written.
    const request = { transform: suite.transform('', 'nonExistent') };
    expect(suite.rejectCode(request, served(encode('hello_world')))).toBe(5);
  });

  test('reference to a transform function exposed by another canister', () => {
    const suite = new Suite();
    const other = suite.canister({ transform: true });
    expect(suite.refusal({ transform: suite.transform('', 'transform', other) })).toBe(4);
  });

  // Its Candid encoding has 50 bytes besides the body.
  const largestBodyOfTransform = 1_999_950;
  const bodyOf = (bytes: number) => replyWithBody(bytes, program().growHeap(40).appendScratch(bytes));

  test('maximum possible canister response size', () => {
    const suite = new Suite(bodyOf(largestBodyOfTransform));
    const result = suite.reply({ transform: suite.transform() }, served(new Uint8Array(largestResponseBody)));
    expect([result.status, result.body.length]).toEqual([200n, largestBodyOfTransform]);
  });

  test('maximum possible canister response size exceeded', () => {
    const suite = new Suite(bodyOf(largestBodyOfTransform + 1));
    const answer = served(new Uint8Array(largestResponseBody));
    expect(suite.rejectCode({ transform: suite.transform() }, answer)).toBe(1);
  });

  test('check caller of transform', () => {
    // The id of the management canister has no bytes.
    const suite = new Suite(program().system('msg_caller_size').requireResult(0).followedBy(dummyTransform));
    expect(suite.reply({ transform: suite.transform('caller') }, served(encode('')))).toEqual(dummy);
  });

  test('maximum number of request headers', () => {
    expectSent(numbered(maximumHeaders));
  });

  test('maximum number of request headers exceeded', () => {
    expect(new Suite().refusal(post(numbered(maximumHeaders + 1)))).toBe(4);
  });

  const ownHeaders = served(new Uint8Array()).headers.length;

  test('maximum number of response headers', () => {
    const extra = numbered(maximumHeaders - ownHeaders);
    const { headers } = new Suite().reply({}, served(new Uint8Array(), extra));
    expect(headers).toHaveLength(maximumHeaders);
    expect(headers).toEqual(expect.arrayContaining(extra));
  });

  test('maximum number of response headers exceeded', () => {
    const extra = numbered(maximumHeaders - ownHeaders + 1);
    expect(new Suite().rejectCode({}, served(new Uint8Array(), extra))).toBe(1);
  });

  const headerWith = (part: 'name' | 'value', bytes: number): HttpHeader => ({
    name: part === 'name' ? x(bytes) : 'name',
    value: part === 'value' ? x(bytes) : 'value',
  });

  test.each([
    ['maximum request header name length', 'name'],
    ['maximum request header value length', 'value'],
  ] as const)('%s', (_, part) => {
    expectSent([headerWith(part, maximumHeaderPartBytes)]);
  });

  test.each([
    ['maximum request header name length exceeded', 'name'],
    ['maximum request header value length exceeded', 'value'],
  ] as const)('%s', (_, part) => {
    expect(new Suite().refusal(post([headerWith(part, maximumHeaderPartBytes + 1)]))).toBe(4);
  });

  test.each([
    ['maximum response header name length', 'name'],
    ['maximum response header value length', 'value'],
  ] as const)('%s', (_, part) => {
    const header = headerWith(part, maximumHeaderPartBytes);
    expect(new Suite().reply({}, served(new Uint8Array(), [header])).headers).toContainEqual(header);
  });

  test.each([
    ['maximum response header name length exceeded', 'name'],
    ['maximum response header value length exceeded', 'value'],
  ] as const)('%s', (_, part) => {
    const header = headerWith(part, maximumHeaderPartBytes + 1);
    expect(new Suite().rejectCode({}, served(new Uint8Array(), [header]))).toBe(1);
  });

  test('maximum request total header size', () => {
    expect(bytesOf(largestHeaders)).toBe(maximumHeadersBytes);
    expectSent(largestHeaders);
  });

  test('maximum request total header size exceeded', () => {
    expect(new Suite().refusal(post([{ name: 'x', value: '' }, ...largestHeaders]))).toBe(4);
  });

  test('maximum response total header size', () => {
    const { headers } = new Suite().reply({}, servedWithHeaders(maximumHeadersBytes));
    expect(bytesOf(headers)).toBe(maximumHeadersBytes);
  });

  test('maximum response total header size exceeded', () => {
    expect(new Suite().rejectCode({}, servedWithHeaders(maximumHeadersBytes + 1))).toBe(1);
  });
});
