import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IDL } from '@dfinity/candid';
import type { Principal } from '@dfinity/principal';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { performHttpOutcall } from '../../../src/localnet/http-outcalls/index.ts';
import {
  type HttpOutcallAnswer,
  type LocalNetwork,
  managementCanisterId,
  managementClient,
} from '../../../src/localnet/index.ts';
import {
  applyInput,
  LiveNetwork,
  type NetworkInput,
  type PerformHttpOutcall,
} from '../../../src/localnet/live/index.ts';
import * as signatures from '../../../src/localnet/management/signatures.ts';
import { type ServedNetwork, type ServeOptions, serveNetwork } from '../../../src/localnet/serve/index.ts';
import { ManualTime } from '../live/manual-time.ts';
import { program } from '../support/program.ts';
import { programmableCanister } from '../support/programmable-canister.ts';
import { user } from '../support/test-network.ts';
import { closeServersAfterEach, httpServer } from './http-server.ts';
import {
  outcallProgram,
  OutcallNetwork,
  outcomeIn,
  type OutcallRequest,
  type Outcome,
  response,
  textOf,
} from './outcall-network.ts';

closeServersAfterEach();

const never: PerformHttpOutcall = () => new Promise(() => undefined);
const wallClock = 1_700_000_000_000_000_000n;

/** Lets promises that are settled have their turn. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

const callOf = (canisterId: Principal, request: OutcallRequest) => ({
  sender: user,
  canisterId,
  method: 'run',
  arg: outcallProgram(request).bytes,
});

async function outcomeOf(live: LiveNetwork, id: number): Promise<Outcome> {
  const status = await live.answered(id, 20_000);
  if (status?.status !== 'replied') throw new Error(`The call is ${status?.status ?? 'not answered'}.`);
  return outcomeIn(status.reply);
}

describe('a served network', () => {
  const served: ServedNetwork[] = [];
  const directories: string[] = [];
  afterEach(async () => {
    for (const network of served.splice(0)) await network.close();
    for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
  });

  async function serve(options: ServeOptions = {}): Promise<ServedNetwork> {
    const network = await serveNetwork(options);
    served.push(network);
    return network;
  }

  /** Installs without messages, as its time does not matter. */
  function canisterOn(network: LocalNetwork, transform = program()): Principal {
    const management = managementClient(network, user);
    const id = management.createCanister();
    const init = program().store('transform', transform);
    management.installCode(id, { module: programmableCanister({ transform: true }), arg: init.bytes });
    return id;
  }

  test('makes the request, and passes the response through the transform function', async () => {
    const requests: string[] = [];
    const url = await httpServer(({ method, url: path }, body, answer) => {
      requests.push(`${method ?? ''} ${path ?? ''} ${body.toString()}`);
      answer.writeHead(201, { date: 'today' }).end('from the server');
    });
    const { live } = await serve();
    const id = canisterOn(live.network, program().append('argument: ').appendArgument().reply());
    const request: OutcallRequest = {
      url: `${url}/path`,
      method: { post: null },
      body: [new TextEncoder().encode('question')],
    };
    const plain = await outcomeOf(live, live.submit(callOf(id, request)));
    expect(textOf(plain)).toBe('from the server');
    expect(plain).toMatchObject({ kind: 'reply', result: { status: 201n } });
    const transform: OutcallRequest['transform'] = [
      { function: [id, 'transform'], context: new Uint8Array() },
    ];
    const transformed = await outcomeOf(live, live.submit(callOf(id, { ...request, transform })));
    if (transformed.kind !== 'reply') throw new Error(transformed.message);
    expect(new TextDecoder().decode(transformed.bytes)).toMatch(/^argument: DIDL.*from the server/s);
    expect(requests).toEqual(['POST /path question', 'POST /path question']);
  });

  test('tells the canister what went wrong', async () => {
    const { live } = await serve();
    const id = canisterOn(live.network);
    const outcome = await outcomeOf(live, live.submit(callOf(id, { url: 'http://127.0.0.1:1/' })));
    expect(outcome).toMatchObject({
      kind: 'reject',
      code: 2,
      message: expect.stringMatching(/^Connecting to 127\.0\.0\.1 failed: /) as string,
    });
  });

  test('whose servers are played makes no request', async () => {
    const performHttpOutcall = vi.fn<PerformHttpOutcall>(() => Promise.resolve(response('played')));
    const { live } = await serve({ performHttpOutcall });
    const id = canisterOn(live.network);
    expect(textOf(await outcomeOf(live, live.submit(callOf(id, {}))))).toBe('played');
    expect(performHttpOutcall.mock.calls[0]?.[0]).toMatchObject({ url: 'https://example.com/', caller: id });
  });

  test('makes a request again that was under way when it stopped, and remembers one that was answered', async () => {
    const stateDirectory = mkdtempSync(join(tmpdir(), 'http-outcalls-'));
    directories.push(stateDirectory);
    const first = await serve({ stateDirectory, performHttpOutcall: never });
    const id = canisterOn(first.live.network);
    const call = first.live.submit(callOf(id, { url: 'http://example.com/again' }));
    while (first.live.network.pendingHttpOutcalls().length === 0) await turn();
    await first.close();

    const perform = vi.fn<PerformHttpOutcall>(() => Promise.resolve(response('later')));
    const second = await serve({ stateDirectory, performHttpOutcall: perform });
    expect(textOf(await outcomeOf(second.live, call))).toBe('later');
    expect(perform).toHaveBeenCalledTimes(1);
    await second.close();

    const third = await serve({ stateDirectory, performHttpOutcall: perform });
    expect(third.recovery?.repeatedInputs).toBe(0);
    expect(textOf(await outcomeOf(third.live, call))).toBe('later');
    expect(perform).toHaveBeenCalledTimes(1);
  });
});

test('the journal of a process that was killed repeats the answer, and asks no server again', async () => {
  const [directory, copy] = [
    mkdtempSync(join(tmpdir(), 'http-outcalls-')),
    mkdtempSync(join(tmpdir(), 'killed-')),
  ];
  const perform = vi.fn<PerformHttpOutcall>(() =>
    Promise.resolve(response('from the server', { name: 'value' })),
  );
  const served = await serveNetwork({ stateDirectory: directory, performHttpOutcall: perform });
  const { live } = served;
  const management = { sender: user, canisterId: managementCanisterId };
  const submitted = async (call: Parameters<LiveNetwork['submit']>[0]): Promise<Uint8Array> => {
    const status = await live.answered(live.submit(call), 20_000);
    if (status?.status !== 'replied') throw new Error(`${call.method} is not answered with a reply.`);
    return status.reply;
  };
  // Through the journal, unlike what a management client does to the network itself.
  const creation = IDL.encode([IDL.Record({})], [{}]);
  const created = await submitted({
    ...management,
    method: 'provisional_create_canister_with_cycles',
    arg: creation,
  });
  const [{ canister_id: id }] = IDL.decode(
    [IDL.Record({ canister_id: IDL.Principal })],
    created,
  ) as unknown as [{ canister_id: Principal }];
  const installation = signatures.installCode.encodeArgument({
    mode: { install: null },
    canister_id: id,
    wasm_module: programmableCanister(),
    arg: new Uint8Array(),
    sender_canister_version: [],
  });
  await submitted({ ...management, method: 'install_code', arg: installation, effectiveCanisterId: id });
  const call = live.submit(callOf(id, {}));
  expect(textOf(await outcomeOf(live, call))).toBe('from the server');
  // What is on the disk now is what a process leaves behind that is killed now.
  await live.flushed();
  for (const name of readdirSync(directory)) {
    if (/^(snapshot|journal)-/.test(name)) copyFileSync(join(directory, name), join(copy, name));
  }
  await served.close();
  const next = await serveNetwork({ stateDirectory: copy, performHttpOutcall: perform });
  expect(next.recovery?.repeatedInputs).toBeGreaterThan(5);
  expect(textOf(await outcomeOf(next.live, call))).toBe('from the server');
  expect(perform).toHaveBeenCalledTimes(1);
  await next.close();
  for (const path of [directory, copy]) rmSync(path, { recursive: true });
});

describe('a live network', () => {
  function setup(
    performHttpOutcall: PerformHttpOutcall,
    flushed: () => Promise<void> = () => Promise.resolve(),
  ) {
    const net = new OutcallNetwork();
    const start = net.network.checkpoint();
    const inputs: NetworkInput[] = [];
    const time = new ManualTime(wallClock);
    const live = new LiveNetwork(net.network, {
      realTime: time,
      performHttpOutcall,
      journal: { append: (input) => inputs.push(input), flushed, retractLast: () => undefined },
    });
    time.settle();
    const submit = (request: OutcallRequest = {}) => {
      const id = live.submit(callOf(net.id, request));
      time.settle();
      return id;
    };
    return { net, live, time, start, inputs, submit };
  }

  test('is led to the same state by what its journal holds, without any server', async () => {
    const url = await httpServer((_, __, answer) => {
      answer.end('once');
    });
    const answers: HttpOutcallAnswer[] = [];
    const { net, time, start, inputs, submit } = setup(async (outcall, signal) => {
      answers.push(await performHttpOutcall(outcall, { signal }));
      return answers[answers.length - 1] as HttpOutcallAnswer;
    });
    const id = submit({ url });
    while (net.network.ingressStatus(id).status !== 'replied') {
      await turn();
      time.settle();
    }
    const { progress } = net.network;
    const status = net.network.ingressStatus(id);
    expect(inputs).toContainEqual({ kind: 'httpOutcallAnswer', id: 0, answer: answers[0] });
    net.network.restore(start);
    for (const input of inputs) applyInput(net.network, input);
    expect(net.network.progress).toEqual(progress);
    expect(net.network.ingressStatus(id)).toEqual(status);
    expect(answers).toHaveLength(1);
  });

  test('lets no server hear of what is not on the disk', async () => {
    let settle = (): void => undefined;
    const flushed = new Promise<void>((resolve) => {
      settle = resolve;
    });
    const perform = vi.fn<PerformHttpOutcall>(never);
    const { net, submit } = setup(perform, () => flushed);
    submit();
    await turn();
    expect(net.network.pendingHttpOutcalls()).toHaveLength(1);
    expect(perform).not.toHaveBeenCalled();
    settle();
    await turn();
    expect(perform).toHaveBeenCalledTimes(1);
  });

  test('starts each request once, and none while it is paused', async () => {
    const perform = vi.fn<PerformHttpOutcall>(never);
    const { net, live, time, submit } = setup(perform);
    submit();
    submit();
    await turn();
    expect(perform).toHaveBeenCalledTimes(2);
    live.pause();
    net.start();
    await turn();
    expect(perform).toHaveBeenCalledTimes(2);
    live.resume();
    time.settle();
    await turn();
    expect(perform).toHaveBeenCalledTimes(3);
  });

  test('does without an answer that comes too late', async () => {
    let answer: (answer: HttpOutcallAnswer) => void = () => undefined;
    const { net, live, time, submit } = setup(
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    );
    const id = submit();
    await turn();
    time.advance(61_000);
    expect(outcomeIn(repliedBytes(net, id))).toMatchObject({ message: 'Canister http request timed out' });
    const { progress } = net.network;
    answer(response('too late'));
    await turn();
    time.settle();
    expect(net.network.progress).toEqual(progress);
    expect(live.answerHttpOutcall(0, response())).toBe(false);
  });

  test('gives no answer to another request of the same id, as there is after a return to a checkpoint', async () => {
    let answer: (answer: HttpOutcallAnswer) => void = () => undefined;
    const { net, live, start, submit } = setup(
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    );
    submit();
    await turn();
    live.pause();
    net.network.restore(start);
    net.start({ url: 'https://example.com/another' });
    expect(net.pending.id).toBe(0);
    answer(response('for the first'));
    await turn();
    expect(net.pending.url).toBe('https://example.com/another');
  });

  test('answers with a rejection when the request cannot even be tried', async () => {
    const { net, time, submit } = setup(() => Promise.reject(new Error('no network card')));
    const id = submit();
    await turn();
    time.settle();
    expect(outcomeIn(repliedBytes(net, id))).toMatchObject({
      code: 2,
      message: 'The request could not be made: no network card',
    });
  });

  test('that is closed ends its requests, which then change nothing', async () => {
    const signals: AbortSignal[] = [];
    let answer: (answer: HttpOutcallAnswer) => void = () => undefined;
    const { net, live, submit } = setup((_, signal) => {
      signals.push(signal);
      return new Promise((resolve) => {
        answer = resolve;
      });
    });
    submit();
    await turn();
    live.close();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    answer(response());
    await turn();
    expect(net.network.pendingHttpOutcalls()).toHaveLength(1);
    expect(live.answerHttpOutcall(0, response())).toBe(false);
  });
});

function repliedBytes(net: OutcallNetwork, id: number): Uint8Array {
  const status = net.network.ingressStatus(id);
  if (status.status !== 'replied') throw new Error(`The call is ${status.status}.`);
  return status.reply;
}
