import { IDL } from '@dfinity/candid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CallRejectedError } from '../../src/localnet/index.ts';
import { maximumArgumentBytes } from '../../src/manager/limits.ts';
import { alice, managerWithoutInspection, ManagerFixture, tag } from '../support/manager-fixture.ts';
import { bombs, candid, leb, nat8, nothing, opt, record, vector } from './support/candid-bombs.ts';

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
const deployed = open.network.checkpoint();

const none = [0];
/** Elements for the rest of an argument. */
const fill = maximumArgumentBytes - 30;

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

  test.each(Object.entries(clumsy))('%s: stays within the budget of an honest one', (_, arg) => {
    open.network.restore(deployed);
    expect(arg.length).toBeLessThanOrEqual(maximumArgumentBytes);
    instructions = 0n;
    send(open, arg);
    expect(instructions).toBeGreaterThan(0n);
    expect(instructions).toBeLessThan(instructionBudget);
  });
});

test('the longest honest request stays within the budget', () => {
  open.network.restore(deployed);
  const job = open.tryCreateGreeter(alice, { idempotencyKey: 'é'.repeat(32), greeting: 'g'.repeat(64) });
  expect(tag(job)).toBe('Ok');
  expect(instructions).toBeLessThan(instructionBudget);
});
