import { Principal } from '@dfinity/principal';
import { describe, expect, test } from 'vitest';
import { CallRejectedError } from '../../../src/localnet/index.ts';
import {
  applyInput,
  type InputJournal,
  LiveNetwork,
  type LiveNetworkOptions,
  NetworkDefectError,
  type NetworkInput,
} from '../../../src/localnet/live/index.ts';
import { thrownBy } from '../../support/thrown-by.ts';
import { program } from '../support/program.ts';
import { TestNetwork, user } from '../support/test-network.ts';
import { ManualTime } from './manual-time.ts';

const second = 1_000_000_000n;
const wallClock = 1_700_000_000n * second;
const count = program().addToHeap(1n).reply('counted');
const counterOf = (net: TestNetwork, id: Principal) =>
  net.lookNumbers(id, program().appendNumber('heapCounter').reply())[0];

/** A journal that writes nothing down. */
const noJournal: InputJournal = {
  append: () => undefined,
  flushed: () => Promise.resolve(),
  retractLast: () => undefined,
};

function setup(options: LiveNetworkOptions & { init?: ReturnType<typeof program> } = {}) {
  const { init, ...liveOptions } = options;
  const net = new TestNetwork();
  const id = net.canister(init === undefined ? {} : { init });
  net.network.run();
  const start = net.network.checkpoint();
  const time = new ManualTime(wallClock);
  const live = new LiveNetwork(net.network, { realTime: time, ...liveOptions });
  time.settle();
  const call = (body = count) => ({ sender: user, canisterId: id, method: 'run', arg: body.bytes });
  return { net, id, time, live, start, call };
}

describe('a live network', () => {
  test('executes what is submitted, without anybody stepping it', async () => {
    const { live, call, time } = setup();
    const answer = live.answered(live.submit(call()), 10_000);
    time.settle();
    expect(await answer).toEqual({ status: 'replied', reply: new TextEncoder().encode('counted') });
  });

  test('has the time of the wall clock in every message', async () => {
    const { live, call, time } = setup();
    time.advance(1234);
    const answer = live.answered(live.submit(call(program().appendNumber('time').reply())), 10_000);
    time.settle();
    const status = await answer;
    if (status?.status !== 'replied') throw new Error('no reply');
    expect(new DataView(Uint8Array.from(status.reply).buffer).getBigUint64(0, true)).toBe(
      wallClock + 1_234_000_000n,
    );
  });

  test('never goes back when the wall clock does, and goes on when it has caught up', () => {
    const { live, time, net } = setup();
    time.setClock(wallClock - 10n * second);
    live.moveClock();
    expect(net.network.timeNanos).toBe(wallClock);
    time.setClock(wallClock + 1n);
    live.moveClock();
    expect(net.network.timeNanos).toBe(wallClock + 1n);
  });

  test('whose time is ahead of the wall clock stays ahead by as much', () => {
    const net = new TestNetwork({ startTimeNanos: wallClock + 3600n * second });
    const time = new ManualTime(wallClock);
    const live = new LiveNetwork(net.network, { realTime: time });
    time.advance(5000);
    live.moveClock();
    expect(net.network.timeNanos).toBe(wallClock + 3605n * second);
  });

  test('fires a timer when it is due, and sleeps until then', async () => {
    const { live, call, time, net, id } = setup({
      init: program().store('globalTimer', program().addToHeap(1n)),
    });
    const set = live.answered(
      live.submit(
        call(
          program()
            .setTimer(wallClock + 30n * second)
            .reply(),
        ),
      ),
      10_000,
    );
    time.settle();
    await set;
    time.advance(29_999);
    expect(counterOf(net, id)).toBe(0n);
    time.advance(1);
    expect(counterOf(net, id)).toBe(1n);
    expect(time.armed).toBe(0);
  });

  test('an earlier timer set meanwhile ends the sleep', () => {
    const { live, call, time, net, id } = setup({
      init: program()
        .store('globalTimer', program().addToHeap(1n))
        .setTimer(wallClock + 3600n * second),
    });
    live.submit(
      call(
        program()
          .setTimer(wallClock + second)
          .reply(),
      ),
    );
    time.advance(1000);
    expect(counterOf(net, id)).toBe(1n);
  });

  test('gives the event loop its turn between slices of much work', () => {
    const { live, call, time, net, id } = setup();
    for (let calls = 0; calls < 3; calls += 1) live.submit(call());
    // A clock that moves by a slice with every look at it stands for messages that take long.
    const frozen = time.nowNanos.bind(time);
    let looks = 0n;
    time.nowNanos = () => frozen() + (looks += 1n) * 20_000_000n;
    time.turn();
    expect(counterOf(net, id)).toBe(1n);
    time.settle();
    expect(counterOf(net, id)).toBe(3n);
  });

  test('says nothing about a call that is not answered in time', async () => {
    const { live, call, time } = setup({ paused: true });
    const answer = live.answered(live.submit(call()), 10_000);
    time.advance(10_000);
    expect(await answer).toBeUndefined();
  });

  test('refuses like the network itself, and goes on', async () => {
    const { live, call, time, id } = setup();
    expect(
      thrownBy(CallRejectedError, () =>
        live.submit({ ...call(), canisterId: Principal.fromUint8Array(new Uint8Array([9])) }),
      ).errorCode,
    ).toBe('IC0301');
    expect(() => live.query({ sender: user, canisterId: id, method: 'none', arg: new Uint8Array() })).toThrow(
      CallRejectedError,
    );
    const answer = live.answered(live.submit(call()), 10_000);
    time.settle();
    expect((await answer)?.status).toBe('replied');
  });
});

describe('a paused live network', () => {
  test('accepts calls, lets time stand still, and executes when it goes on', () => {
    const { live, call, time, net, id } = setup();
    live.pause();
    expect(live.isPaused).toBe(true);
    live.submit(call());
    time.advance(60_000);
    expect([counterOf(net, id), net.network.timeNanos]).toEqual([0n, wallClock]);
    live.resume();
    time.settle();
    expect([counterOf(net, id), net.network.timeNanos]).toEqual([1n, wallClock + 60n * second]);
  });

  test('once closed accepts nothing, and writes nothing down', () => {
    const inputs: NetworkInput[] = [];
    const journal = { ...noJournal, append: (input: NetworkInput) => inputs.push(input) };
    const { live, call } = setup({ journal });
    live.close();
    inputs.length = 0;
    expect(() => live.submit(call())).toThrow(expect.objectContaining({ code: 'LIVE_NETWORK_CLOSED' }));
    expect(inputs).toEqual([]);
  });

  test('once closed does nothing more, and tells who waits', async () => {
    const { live, call, time, net, id } = setup({
      init: program()
        .store('globalTimer', program().addToHeap(1n))
        .setTimer(wallClock + second),
    });
    const answer = live.answered(live.submit(call()), 10_000);
    live.close();
    time.advance(20_000);
    expect(await answer).toBeUndefined();
    expect(counterOf(net, id)).toBe(0n);
    expect(time.armed).toBe(0);
    live.resume();
    expect(live.isPaused).toBe(false);
  });
});

describe('the journal', () => {
  test('replayed on the state at the start gives the same network', async () => {
    const inputs: NetworkInput[] = [];
    const { live, call, time, net, id, start } = setup({
      init: program().store('globalTimer', program().addToHeap(7n)),
      journal: { ...noJournal, append: (input) => inputs.push(input) },
    });
    live.submit(
      call(
        program()
          .setTimer(wallClock + 5n * second)
          .reply(),
      ),
    );
    time.advance(2000);
    live.submit(call());
    expect(() => live.submit({ ...call(), method: 'none' })).not.toThrow();
    expect(() => live.submit({ ...call(), canisterId: user })).toThrow(CallRejectedError);
    time.advance(10_000);
    const counted = counterOf(net, id);
    const end = { time: net.network.timeNanos, cycles: net.network.canister(id).cycles };
    expect(counted).toBe(8n);
    live.close();
    net.network.restore(start);
    for (const input of inputs) applyInput(net.network, input);
    expect(counterOf(net, id)).toBe(counted);
    expect({ time: net.network.timeNanos, cycles: net.network.canister(id).cycles }).toEqual(end);
    await live.flushed();
  });

  test('holds back every answer until it is safe', async () => {
    const flushes: (() => void)[] = [];
    const { live, call, time } = setup({
      journal: { ...noJournal, flushed: () => new Promise((resolve) => flushes.push(resolve)) },
    });
    let answered = false;
    const answer = live.answered(live.submit(call()), 10_000).then((status) => {
      answered = true;
      return status;
    });
    time.settle();
    await new Promise((resolve) => setImmediate(resolve));
    expect(flushes).toHaveLength(1);
    expect(answered).toBe(false);
    flushes.forEach((flush) => {
      flush();
    });
    expect((await answer)?.status).toBe('replied');
  });

  test('sees an input before it is applied', () => {
    const seen: [string, number][] = [];
    const { live, call, time, net, id } = setup({
      paused: true,
      journal: {
        ...noJournal,
        append: (input) => seen.push([input.kind, Number(counterOf(net, id))]),
      },
    });
    live.submit(call());
    live.resume();
    time.settle();
    expect(seen).toEqual([
      ['submit', 0],
      ['time', 0],
      ['steps', 0],
      ['steps', 1],
    ]);
  });
});

describe('a defect of the network', () => {
  test('stops it, is told, and is what everybody gets to hear', async () => {
    const defects: NetworkDefectError[] = [];
    const { live, call, time, net } = setup({ onDefect: (defect) => defects.push(defect) });
    const answer = live.answered(live.submit(call()), 10_000);
    net.network.step = () => {
      throw new Error('cycles vanished');
    };
    time.settle();
    await expect(answer).rejects.toThrow(NetworkDefectError);
    expect(defects.map(({ message }) => message)).toEqual([expect.stringContaining('cycles vanished')]);
    expect(() => live.submit(call())).toThrow(NetworkDefectError);
    time.advance(60_000);
    expect(defects).toHaveLength(1);
  });

  test('is a call that cannot even be refused, and the journal takes that input back', () => {
    const seen: string[] = [];
    const { live, call, time, net } = setup({
      journal: {
        ...noJournal,
        append: ({ kind }) => seen.push(kind),
        retractLast: () => seen.push('retracted'),
      },
      onDefect: () => seen.push('told'),
    });
    time.settle();
    seen.length = 0;
    net.network.submitUpdate = () => {
      throw new TypeError('nobody thought of that');
    };
    expect(() => live.submit(call())).toThrow(NetworkDefectError);
    expect(() => live.submit(call())).toThrow(NetworkDefectError);
    expect(seen).toEqual(['submit', 'retracted', 'told']);
  });

  test('is a journal that cannot be written, which then has nothing to take back', () => {
    const seen: string[] = [];
    let isFull = false;
    const { live, call, time } = setup({
      journal: {
        ...noJournal,
        append: ({ kind }) => {
          if (isFull && kind === 'steps') throw new Error('ENOSPC');
        },
        retractLast: () => seen.push('retracted'),
      },
      onDefect: ({ message }) => seen.push(message),
    });
    isFull = true;
    live.submit(call());
    time.settle();
    expect(seen).toEqual([expect.stringContaining('ENOSPC')]);
  });
});
