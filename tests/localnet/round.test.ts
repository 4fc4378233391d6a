import { describe, expect, test } from 'vitest';
import { program } from './support/program.ts';
import { TestNetwork } from './support/test-network.ts';

const heapCounter = program().appendNumber('heapCounter').reply();

describe('a round', () => {
  test('executes everything that waits, with the calls that it makes and their responses', () => {
    const net = new TestNetwork();
    const callee = net.canister();
    const caller = net.canister();
    const call = program().call({
      to: callee,
      arg: program().reply('hello'),
      onReply: program().appendArgument().reply(),
    });
    const ids = [net.submit(caller, call), net.submit(caller, call)];
    net.network.executeRound();
    expect(ids.map((id) => net.network.ingressStatus(id).status)).toEqual(['replied', 'replied']);
    expect(net.network.executeRound()).toBe(0);
  });

  test('leaves a timer that is set in it to the next one', () => {
    const net = new TestNetwork();
    const again = program().addToHeap(1n).setTimer(1n);
    const id = net.canister({ init: program().store('globalTimer', again).setTimer(1n) });
    const counted = () => net.lookNumbers(id, heapCounter)[0];
    expect(counted()).toBe(0n);
    for (const round of [1n, 2n, 3n]) {
      expect(net.network.executeRound()).toBe(1);
      expect(counted()).toBe(round);
    }
  });

  test('has one heartbeat of every canister, and leaves the clock alone', () => {
    const net = new TestNetwork();
    const init = program().store('heartbeat', program().addToHeap(1n));
    const id = net.canister({ heartbeat: true, init });
    net.network.run();
    const { timeNanos } = net.network;
    const [before = 0n] = net.lookNumbers(id, heapCounter);
    net.network.executeRound();
    net.network.executeRound();
    expect(net.lookNumbers(id, heapCounter)).toEqual([before + 2n]);
    expect(net.network.timeNanos).toBe(timeNanos);
  });

  test('ends when its instructions are used up; the rest waits for the next', () => {
    const net = new TestNetwork();
    const id = net.canister();
    const waiting = Array.from({ length: 5 }, () => net.submit(id, program().spin(10_000).reply()));
    const answered = () =>
      waiting.filter((ingress) => net.network.ingressStatus(ingress).status === 'replied').length;
    net.network.executeRound(1n);
    expect(answered()).toBe(1);
    const [used = 0n] = net.events
      .flatMap((event) => (event.event === 'step' ? event.instructions : []))
      .slice(-1);
    net.network.executeRound(used + 1n);
    expect(answered()).toBe(3);
    net.network.executeRound();
    expect(answered()).toBe(5);
  });
});
