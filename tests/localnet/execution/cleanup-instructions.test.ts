import type { Principal } from '@dfinity/principal';
import { describe, expect, test } from 'vitest';
import { defaultInstructionLimits } from '../../../src/localnet/limits.ts';
import { type Program, program } from '../support/program.ts';
import { TestNetwork } from '../support/test-network.ts';

const limit = 10_000_000n;
const instructionLimits = { ...defaultInstructionLimits, update: limit };
/** Without the texts, of which the network has one base fee in each. */
const limitsIn = (text: string) =>
  [...text.matchAll(/limit of (\d+) instructions/g)].map(([, instructions]) => BigInt(instructions ?? 0));

interface Callbacks {
  readonly onReply: Program;
  readonly onCleanup?: Program;
}

const callTo = (to: Principal, callbacks: Callbacks) =>
  program().call({ to, arg: program().reply(), ...callbacks });

function rejectText(callbacks: Callbacks): string {
  const net = new TestNetwork({ instructionLimits });
  const [caller, callee] = [net.canister(), net.canister()];
  return net.rejection(() => net.run(caller, callTo(callee, callbacks))).rejectMessage;
}

describe('a callback and its cleanup', () => {
  test('share the instructions of one message, of which a twentieth is kept for the cleanup', () => {
    const endless = { onReply: program().loopForever(), onCleanup: program().loopForever() };
    expect(limitsIn(rejectText(endless))).toEqual([(limit * 95n) / 100n, (limit * 5n) / 100n]);
  });

  test('leave to the cleanup what the callback did not use', () => {
    const early = { onReply: program().trap('early'), onCleanup: program().loopForever() };
    const [left = 0n] = limitsIn(rejectText(early));
    expect(left).toBeGreaterThan((limit * 95n) / 100n);
    expect(left).toBeLessThan(limit);
  });

  test('are held back from their instructions even where there is no cleanup', () => {
    expect(limitsIn(rejectText({ onReply: program().loopForever() }))).toEqual([(limit * 95n) / 100n]);
  });

  test('pay the base fee of an execution once', () => {
    const net = new TestNetwork();
    const [caller, callee] = [net.canister(), net.canister()];
    const costOf = (callbacks: Callbacks): bigint => {
      const before = net.network.canister(caller).cycles;
      net.rejection(() => net.run(caller, callTo(callee, callbacks)));
      return before - net.network.canister(caller).cycles;
    };
    const onReply = program().trap('in callback');
    const more = costOf({ onReply, onCleanup: program().addToHeap(1n) }) - costOf({ onReply });
    expect(more).toBeGreaterThan(0n);
    expect(more).toBeLessThan(1_000_000n);
  });
});
