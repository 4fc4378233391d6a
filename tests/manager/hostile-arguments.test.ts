import { IDL } from '@dfinity/candid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CallRejectedError } from '../../src/localnet/index.ts';
import { maximumArgumentBytes } from '../../src/manager/limits.ts';
import { alice, managerWithoutInspection, ManagerFixture, tag } from '../support/manager-fixture.ts';

/** What one message may use, whatever its argument: twice what an honest one uses. */
const instructionBudget = 200_000_000n;

/** Update methods that users may call, so anybody; operators' look at the caller before the argument. */
const methods = ['createGreeter', 'cancelJob'] as const;

let method: string = 'createGreeter';
let instructions = 0n;
const open = new ManagerFixture({
  manager: managerWithoutInspection(),
  onEvent: (event) => {
    if (event.event === 'step' && event.method === method) instructions = event.instructions;
  },
});
const guarded = new ManagerFixture();
const deployed = open.network.checkpoint();

function leb(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb(Math.floor(value / 128))];
}

function candid(types: number[][], args: number[], values: number[] = []): Uint8Array {
  const header = [0x44, 0x49, 0x44, 0x4c, ...leb(types.length), ...types.flat()];
  return new Uint8Array([...header, ...leb(args.length), ...args, ...values]);
}

const opt = 0x6e;
const vector = 0x6d;
const record = 0x6c;
const nothing = 0x7f;
const reserved = 0x70;
const nat8 = 0x7b;
const million = leb(1_000_000);
const none = [0];
/** Elements for the rest of an argument. */
const fill = maximumArgumentBytes - 30;

/** Each level has two of the level below: a value of level 25 has 33 million parts and not one byte. */
const doubling = Array.from({ length: 25 }, (_, level) =>
  level === 0 ? [record, 0] : [record, 2, 0, level - 1, 1, level - 1],
);
const manyNulls = Array.from({ length: 180 }, (_, field) => [...leb(field), nothing]).flat();

/** Arguments that are small and would take far more to decode than an honest one. */
const bombs: Record<string, Uint8Array> = {
  'a vector of a million nulls, surplus': candid(
    [
      [opt, nothing],
      [vector, nothing],
    ],
    [0, 1],
    [0, ...million],
  ),
  'a vector of a million reserved': candid(
    [
      [opt, nothing],
      [vector, reserved],
    ],
    [0, 1],
    [0, ...million],
  ),
  'a vector of a million empty records': candid(
    [
      [record, 0],
      [vector, 0],
      [opt, nothing],
    ],
    [2, 1],
    [0, ...million],
  ),
  'a vector of nulls in a surplus field': candid(
    [
      [vector, nothing],
      [record, 1, 5, 0],
      [opt, 1],
    ],
    [2],
    [1, ...million],
  ),
  'records that double at each level': candid([...doubling, [opt, 24]], [25], [1]),
  'many records of many nulls': candid(
    [
      [record, ...leb(181), ...manyNulls, ...leb(900), nat8],
      [vector, 0],
      [opt, nothing],
    ],
    [2, 1],
    [0, ...leb(300), ...Array.from({ length: 300 }, () => 1)],
  ),
  'a null spelled with ten bytes': candid(
    [
      [opt, nothing],
      [vector, ...Array.from({ length: 9 }, () => 0xff), 0x7f],
    ],
    [0, 1],
    [0, ...million],
  ),
};

/** Not refused by their types, but to be decoded within the budget all the same. */
const clumsy: Record<string, Uint8Array> = {
  'a surplus text as long as an argument may be': IDL.encode(
    [IDL.Opt(IDL.Record({ x: IDL.Text })), IDL.Text],
    [[], 'x'.repeat(maximumArgumentBytes - 30)],
  ),
  'a surplus vector of as many elements as fit': candid(
    [
      [opt, nothing],
      [vector, nat8],
    ],
    [0, 1],
    [0, ...leb(fill), ...Array.from({ length: fill }, () => 1)],
  ),
  'a surplus vector of as many options as fit': candid(
    [
      [opt, nat8],
      [vector, 0],
    ],
    [0, 1],
    [0, ...leb(fill), ...Array.from({ length: fill }, () => 0)],
  ),
  'options nested as deeply as fit': candid(
    [[opt, 0]],
    [0],
    Array.from({ length: fill }, () => 1),
  ),
  'a record that contains itself': candid(
    [
      [record, 1, 0, 0],
      [opt, 0],
    ],
    [1],
    [1],
  ),
  'as many types as fit': candid(
    Array.from({ length: 490 }, (_, index) => [opt, ...leb(Math.max(0, index - 1) % 60)]),
    [0],
    none,
  ),
  'a number as long as an argument may be': candid(
    [[opt, nothing]],
    [0, 0x7d],
    [0, ...Array.from({ length: fill }, () => 0xff), 1],
  ),
};

function send(fixture: ManagerFixture, arg: Uint8Array): string {
  try {
    fixture.network.update({
      sender: alice,
      canisterId: fixture.managerId,
      method,
      arg,
    });
    return 'accepted';
  } catch (error) {
    if (error instanceof CallRejectedError) return `${error.errorCode}: ${error.rejectMessage}`;
    throw error;
  }
}

describe.each(methods)('an argument of %s that is small and would take long to decode', (name) => {
  beforeAll(() => {
    method = name;
  });
  afterAll(() => {
    method = 'createGreeter';
  });

  test.each(Object.entries(bombs))('%s: is refused by its types alone', (_, arg) => {
    open.network.restore(deployed);
    expect(arg.length).toBeLessThanOrEqual(maximumArgumentBytes);
    expect(send(open, arg)).toContain(
      'InvalidRequest: argument must be Candid of the documented types, with no',
    );
    expect(instructions).toBeLessThan(instructionBudget);
  });

  test.each(Object.entries(bombs))('%s: costs the Manager nothing when a user sends it', (_, arg) => {
    const before = guarded.network.canister(guarded.managerId).cycles;
    expect(send(guarded, arg)).toContain('IC0406');
    expect(guarded.network.canister(guarded.managerId).cycles).toBe(before);
  });

  test.each(Object.entries(clumsy))('%s: stays within the budget of an honest one', (_, arg) => {
    open.network.restore(deployed);
    expect(arg.length).toBeLessThanOrEqual(maximumArgumentBytes);
    instructions = 0n;
    send(open, arg);
    expect(instructions).toBeGreaterThan(0n);
    expect(instructions).toBeLessThan(instructionBudget);
  });
});

test.each(Object.entries(bombs))('getJobEvents refuses by its types alone %s', (_, arg) => {
  const query = { sender: alice, canisterId: open.managerId, method: 'getJobEvents', arg };
  expect(() => open.network.query(query)).toThrow('must be Candid of the documented types, with no');
});

test('the longest honest request stays within the budget', () => {
  open.network.restore(deployed);
  const job = open.tryCreateGreeter(alice, { idempotencyKey: 'é'.repeat(32), greeting: 'g'.repeat(64) });
  expect(tag(job)).toBe('Ok');
  expect(instructions).toBeLessThan(instructionBudget);
});
