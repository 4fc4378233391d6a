import { describe, expect, test } from 'vitest';
import { program } from './support/program.ts';
import { TestNetwork } from './support/test-network.ts';

const maximumTextBytes = 8_192;
const begin = 'a'.repeat(10_000);
const end = 'z'.repeat(10_000);

describe('a reject text of more than 8 KiB', () => {
  test('is shortened in the middle for the calling canister, which sees more of its beginning', () => {
    const net = new TestNetwork();
    const [caller, callee] = [net.canister(), net.canister()];
    const arg = program().reject(begin + end);
    const onReject = program().appendRejectMessage().reply();
    const text = net.runText(caller, program().call({ to: callee, arg, onReject }));
    expect(text).toBe(`${'a'.repeat(6_144)}...${'z'.repeat(2_045)}`);
  });

  test('is shortened in the middle for users', () => {
    const net = new TestNetwork();
    const canister = net.canister();
    const { rejectMessage } = net.rejection(() => net.run(canister, program().reject(begin + end)));
    expect(rejectMessage).toBe(`${'a'.repeat(4_096)}...${'z'.repeat(4_093)}`);
  });

  test('still ends with the advice when a canister traps with it', () => {
    const net = new TestNetwork();
    const canister = net.canister();
    const { rejectMessage } = net.rejection(() => net.run(canister, program().trap('€'.repeat(9_000))));
    expect(Buffer.byteLength(rejectMessage)).toBeGreaterThan(maximumTextBytes - 8);
    expect(Buffer.byteLength(rejectMessage)).toBeLessThanOrEqual(maximumTextBytes);
    expect(rejectMessage).toMatch(/^Error from Canister .*€\.\.\.€.*execution-errors#trapped-explicitly$/s);
  });
});

test('a byte order mark is a part of the text a canister traps with', () => {
  const net = new TestNetwork();
  const canister = net.canister();
  expect(net.rejection(() => net.run(canister, program().trap('\ufeffmarked'))).rejectMessage).toContain(
    "'\ufeffmarked'",
  );
});
