import { Principal } from '@dfinity/principal';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { FaultAction, FaultMatch } from '../../../src/localnet/index.ts';
import { ExtensionError, PocketIcExtensions } from '../../../src/localnet/pocket-ic/index.ts';
import type { PicPrincipal } from '../../support/pocket-ic-types.ts';
import { program } from '../support/program.ts';
import { picNetwork } from './pic-network.ts';

const net = picNetwork();
let extensions: PocketIcExtensions;
const asOurs = (id: PicPrincipal): Principal => Principal.fromUint8Array(id.toUint8Array());
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

beforeEach(() => {
  extensions = PocketIcExtensions.of(net.server.getUrl(), net.pic);
});

/** A canister that asks another one to count, and says what it heard. */
async function pair(): Promise<{
  callee: PicPrincipal;
  ask: () => Promise<string>;
  counted: () => Promise<bigint>;
}> {
  const callee = await net.canister();
  const caller = await net.canister();
  const ask = program().call({
    to: asOurs(callee),
    arg: program().addToHeap(1n).reply('counted'),
    timeoutSeconds: 10,
    onReply: program().appendArgument().reply(),
    onReject: program().append('rejected: ').appendRejectMessage().reply(),
  });
  return {
    callee,
    ask: async () => text(await net.run(caller, ask)),
    counted: () => net.lookNumber(callee, program().appendNumber('heapCounter').reply()),
  };
}

describe('faults that a client injects', () => {
  test('lose a reply that was given, once, where the rule says so', async () => {
    const { callee, ask, counted } = await pair();
    await extensions.addFault({ callee: asOurs(callee), method: 'run', nth: 2 }, { kind: 'dropReply' });
    expect(await ask()).toBe('counted');
    expect(await ask()).toMatch(/^rejected: /);
    expect(await counted()).toBe(2n);
    expect(await ask()).toBe('counted');
  });

  test('are listed with their counts, removed and cleared', async () => {
    const { callee, ask } = await pair();
    const rejection = { rejectCode: 2, errorCode: 'IC0202', message: 'busy' } as const;
    const first = await extensions.addFault({ callee: asOurs(callee) }, { kind: 'reject', rejection });
    const second = await extensions.addFault({ nth: 7 }, { kind: 'trap', message: 'no' });
    expect(await ask()).toMatch(/^rejected: .*busy/);
    expect(await extensions.faults()).toMatchObject([
      { ruleId: first, matchCount: 1, action: { kind: 'reject', rejection } },
      { ruleId: second, matchCount: 2, match: { nth: 7 } },
    ]);
    await extensions.removeFault(first);
    expect((await extensions.faults()).map(({ ruleId }) => ruleId)).toEqual([second]);
    expect(await ask()).toBe('counted');
    await extensions.clearFaults();
    expect(await extensions.faults()).toEqual([]);
  });

  test('arrive as they were sent, whatever they are', async () => {
    await fc.assert(
      fc.asyncProperty(anyMatch, anyAction, async (match, action) => {
        await extensions.clearFaults();
        await extensions.addFault(match, action);
        const [rule] = await extensions.faults();
        expect(plain(rule?.match)).toEqual(plain(match));
        expect(plain(rule?.action)).toEqual(plain(action));
      }),
      { numRuns: 50 },
    );
  });

  test('that make no sense are refused, and add no rule', async () => {
    const url = `${net.server.getUrl()}/instances/0/extensions/faults`;
    await expect(extensions.addFault({ nth: 0 }, { kind: 'dropReply' })).rejects.toThrow(ExtensionError);
    await expect(extensions.addFault({}, { kind: 'delay', milliseconds: -1 })).rejects.toThrow(/at least 0/);
    await expect(extensions.addFault({}, { kind: 'explode' } as never)).rejects.toThrow(
      /There is no fault "explode"/,
    );
    expect((await fetch(url, { method: 'PUT' })).status).toBe(405);
    expect(await extensions.faults()).toEqual([]);
  });
});

describe('a checkpoint', () => {
  test('brings back canisters, clock and rules, again and again', async () => {
    const { ask, counted } = await pair();
    await ask();
    await net.pic.setTime(Date.parse('2030-01-01'));
    await extensions.addFault({ method: 'nobody' }, { kind: 'dropReply' });
    const checkpoint = await extensions.checkpoint();
    for (let again = 0; again < 2; again += 1) {
      await ask();
      await extensions.clearFaults();
      await net.pic.advanceTime(1_000);
      expect(await counted()).toBe(2n);
      await extensions.restore(checkpoint);
      expect(await counted()).toBe(1n);
      expect(await net.pic.getTime()).toBe(Date.parse('2030-01-01'));
      expect(await extensions.faults()).toHaveLength(1);
    }
  });

  test('that was never made cannot be returned to, nor any while the instance is live', async () => {
    await expect(extensions.restore(5)).rejects.toThrow(/There is no checkpoint 5/);
    const checkpoint = await extensions.checkpoint();
    await net.pic.makeLive();
    await expect(extensions.restore(checkpoint)).rejects.toThrow(/Stop the real time first/);
    await net.pic.stopLive();
  });
});

describe('the client of the extensions', () => {
  test('says so when it does not find the instance in what it is given', () => {
    expect(() => PocketIcExtensions.of(net.server.getUrl(), {})).toThrow(/pass the number of the instance/);
  });
});

const anyPrincipal = fc.uint8Array({ maxLength: 29 }).map((bytes) => Principal.fromUint8Array(bytes));
const anyMatch: fc.Arbitrary<FaultMatch> = fc.record(
  {
    caller: anyPrincipal,
    callee: anyPrincipal,
    method: fc.string({ unit: 'grapheme' }),
    nth: fc.integer({ min: 1 }),
  },
  { requiredKeys: [] },
);
const milliseconds = fc.nat();
const message = fc.string({ unit: 'grapheme' });
const instructions = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const anyAction: fc.Arbitrary<FaultAction> = fc.oneof(
  fc.constantFrom<FaultAction>({ kind: 'dropReply' }, { kind: 'dropBeforeExecution' }),
  fc.record({ kind: fc.constantFrom('applyLater', 'delayReply'), milliseconds }),
  fc.record({
    kind: fc.constant('delay'),
    milliseconds,
    place: fc.constantFrom('inputQueue', 'outputQueue'),
  }),
  fc.record({ kind: fc.constantFrom('trap', 'trapCallback'), message }),
  fc.record({ kind: fc.constantFrom('limitInstructions', 'limitCallback'), instructions }),
  fc.record({
    kind: fc.constant('reject'),
    rejection: fc.record({
      rejectCode: fc.constant(5),
      errorCode: fc.constantFrom('IC0503', 'IC0536'),
      message,
    }),
  }),
);

/** Principals as text, so that those of two copies of the class compare. */
function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_key, field: unknown) => (typeof field === 'bigint' ? `${field}n` : field)),
  );
}
