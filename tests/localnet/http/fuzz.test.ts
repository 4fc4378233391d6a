import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, expect, test } from 'vitest';
import { type ApiResponse, type Endpoint, startEndpoint } from '../../../src/localnet/http/index.ts';
import { program } from '../support/program.ts';
import { Dice, mutate } from './support/mutate.ts';
import { bodyOf, type Fields, Signer } from './support/signer.ts';
import { anonymous, keys, minuteNanos, TestApi, textAt, certifiedIn } from './support/test-api.ts';

const seed = 20_260_725;
const inProcess = 19_000;
const overSocket = 1_000;
/** What the protocol answers; 500 would be a defect. */
const protocolStatuses = new Set([200, 202, 400, 403, 404, 405, 413, 415]);
const longestMs = 1_000;
/** Caches fill and code is compiled; what was sent is more. */
const allowedGrowthBytes = 20 * 1_048_576;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const endpoints: Endpoint[] = [];
afterAll(async () => {
  for (const endpoint of endpoints) await endpoint.close();
});

interface Sample {
  readonly path: string;
  readonly body: Uint8Array;
}

/** Valid requests of every kind and endpoint: signed, delegated and anonymous. */
function samples(api: TestApi): Sample[] {
  const id = api.canister();
  const { alice } = api;
  const session = new Signer();
  const delegation = alice.delegateTo(session, {
    expiration: api.nowNanos + minuteNanos,
    targets: [id.toUint8Array(), new Uint8Array()],
    permissions: 'all',
  });
  const delegated = (content: Fields): Fields => ({
    ...session.sign(content),
    sender_pubkey: alice.publicKeyDer,
    sender_delegation: [delegation],
  });
  const unsigned = (content: Fields): Fields => ({ content: { ...content, sender: anonymous } });
  const reply = program().appendArgument().reply('ok');
  const canister = `canister/${id.toText()}`;
  const subnet = `subnet/${keys.subnetId.toText()}`;
  const read = api.readContent([
    ['time'],
    ['subnet'],
    ['request_status', new Uint8Array(32)],
    ['canister', id.toUint8Array(), 'metadata', 'candid:service'],
    ['canister', id.toUint8Array(), 'controllers'],
  ]);
  const subnetRead = api.readContent([['subnet'], ['canister_ranges', keys.subnetId.toUint8Array()]]);
  const management = {
    canister_id: new Uint8Array(),
    method_name: 'canister_status',
    arg: new Uint8Array(9),
  };
  const creation = { ...management, method_name: 'provisional_create_canister_with_cycles' };
  const requests: [string, Fields][] = [
    ...['v2', 'v3', 'v4'].map((version): [string, Fields] => [
      `${version}/${canister}/call`,
      api.callContent(id, reply),
    ]),
    [`v4/${canister}/call`, api.callContent(id, program(), management)],
    [`v4/${subnet}/call`, api.callContent(id, program(), creation)],
    [`v2/${canister}/query`, api.queryContent(id, reply)],
    [`v3/${canister}/query`, api.queryContent(id, reply)],
    [`v3/${subnet}/query`, api.queryContent(id, program(), { ...creation, method_name: 'list_canisters' })],
    [`v2/${canister}/read_state`, read],
    [`v3/${canister}/read_state`, read],
    [`v3/${subnet}/read_state`, subnetRead],
  ];
  return requests.flatMap(([path, content]) =>
    [alice.sign(content), delegated(content), unsigned(content)].map((envelope) => ({
      path,
      body: bodyOf(envelope),
    })),
  );
}

test(`${inProcess + overSocket} spoilt requests are all answered as the protocol has it, soon, and leave nothing behind`, async () => {
  const api = new TestApi({
    answerTimeoutMs: 500,
    // A spoilt argument may be a program that never ends; ending it takes the time that instructions take.
    network: { instructionLimits: { update: 10_000_000n, query: 10_000_000n } },
  });
  const valid = samples(api);
  const endpoint = await startEndpoint(api.live, { keys, answerTimeoutMs: 500 });
  endpoints.push(endpoint);
  const dice = new Dice(seed);
  let sentBytes = 0;
  const counts = new Map<number, number>();
  const check = ({ path }: Sample, body: Uint8Array, startMs: number, status: number, size: number) => {
    const context = `${path} ${Buffer.from(body.subarray(0, 200)).toString('hex')}`;
    sentBytes += body.length;
    counts.set(status, (counts.get(status) ?? 0) + 1);
    if (!protocolStatuses.has(status)) throw new Error(`Status ${status} for ${context}`);
    if (status >= 400 && size === 0) throw new Error(`Status ${status} without a text for ${context}`);
    const tookMs = performance.now() - startMs;
    if (tookMs > longestMs) throw new Error(`${tookMs} ms for ${context}`);
  };
  const headers = { 'content-type': 'application/cbor' };

  for (const sample of valid) {
    const response = await api.post(sample.path, sample.body);
    expect([200, 202], sample.path).toContain(response.status);
  }
  collectGarbage();
  const before = process.memoryUsage();
  for (let sent = 0; sent < inProcess; sent += 1) {
    const sample = dice.pick(valid);
    const body = mutate(sample.body, dice);
    const start = performance.now();
    const response: ApiResponse = await api.post(sample.path, body);
    check(sample, body, start, response.status, response.body.length);
  }
  for (let sent = 0; sent < overSocket; sent += 1) {
    const sample = dice.pick(valid);
    const body = mutate(sample.body, dice);
    const start = performance.now();
    const url = `${endpoint.url}/api/${sample.path}`;
    const response = await fetch(url, { method: 'POST', headers, body: Uint8Array.from(body) });
    check(sample, body, start, response.status, (await response.arrayBuffer()).byteLength);
  }
  collectGarbage();
  const after = process.memoryUsage();

  expect(api.defects).toEqual([]);
  const grown = after.heapUsed + after.external - before.heapUsed - before.external;
  expect(grown).toBeLessThan(allowedGrowthBytes);
  expect(sentBytes).toBeGreaterThan(allowedGrowthBytes);
  // Nearly everything must have been refused, and for more than one reason; else the mutations spoil nothing.
  expect(counts.get(400)).toBeGreaterThan((inProcess + overSocket) / 2);
  expect(counts.get(200)).toBeGreaterThan(100);
  const id = api.canister();
  const response = await api.call(id, program().reply('alive'));
  const [requestId = new Uint8Array()] = api.sentRequestIds.slice(-1);
  expect(textAt(certifiedIn(response), 'request_status', requestId, 'reply')).toBe('alive');
});
