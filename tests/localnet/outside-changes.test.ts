import { describe, expect, test } from 'vitest';
import { program } from './support/program.ts';
import { TestNetwork, user } from './support/test-network.ts';

const pageBytes = 65_536;

describe('what is done to a canister from outside, without a message', () => {
  test('gives it cycles, which are counted like all others', () => {
    const net = new TestNetwork();
    const id = net.canister();
    const { cycles } = net.network.canister(id);
    expect(net.network.addCycles(id, 7n)).toBe(cycles + 7n);
    expect(net.network.canister(id).cycles).toBe(cycles + 7n);
    net.network.checkCycles();
    expect(() => net.network.addCycles(user, 7n)).toThrow(/There is no canister/);
  });

  test('reads the stable memory that it wrote', () => {
    const net = new TestNetwork();
    const id = net.canister();
    expect(net.network.stableMemory(id)).toEqual(new Uint8Array());
    net.run(id, program().growStable(2n).writeStable(0x0102n).reply());
    const bytes = net.network.stableMemory(id);
    expect(bytes.length).toBe(2 * pageBytes);
    expect([...bytes.subarray(0, 3)]).toEqual([2, 1, 0]);
  });

  test('replaces its stable memory, in whole pages, and the canister sees that', () => {
    const net = new TestNetwork();
    const id = net.canister();
    net.run(id, program().growStable(3n).writeStable(1n).reply());
    const checkpoint = net.network.checkpoint();
    net.network.setStableMemory(id, Uint8Array.of(9, 0, 0, 0, 0, 0, 0, 0, 5));
    const look = program().appendNumber('stableSize').appendNumber('stableCounter').reply();
    expect(net.lookNumbers(id, look)).toEqual([1n, 9n]);
    net.network.restore(checkpoint);
    expect(net.lookNumbers(id, look)).toEqual([3n, 1n]);
  });

  test('cannot give an empty canister stable memory', () => {
    const net = new TestNetwork();
    const id = net.management.createCanister();
    expect(() => {
      net.network.setStableMemory(id, new Uint8Array(1));
    }).toThrow(/is empty: install code/);
    expect(net.network.stableMemory(id)).toEqual(new Uint8Array());
  });
});
