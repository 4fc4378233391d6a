import { describe, expect, test } from 'vitest';
import { transform } from '../../../src/localnet/management/http-request-candid.ts';
import { program } from '../support/program.ts';
import { OutcallNetwork, type OutcallRequest, plentyOfCycles, response } from './outcall-network.ts';

const x = (count: number) => 'x'.repeat(count);
const empty = { status: 200n, headers: [], body: new Uint8Array() };
const encode = (text: string) => new TextEncoder().encode(text);

describe('pricing version 2', () => {
  const request = (net: OutcallNetwork, cycles = plentyOfCycles): OutcallRequest => ({
    url: 'https://example.com/',
    pricing_version: [2],
    transform: [{ function: [net.id, 'transform'], context: new Uint8Array() }],
    cycles,
  });
  const requestBytes = BigInt('https://example.com/'.length + 'transform'.length);
  const transformed = transform.encodeResult({ ...empty, body: encode(x(2_000)) });
  const reply = program().append(transformed).reply();

  /** What a request costs besides its base fee whose response comes after two seconds. */
  function usedCycles(isReplicated: boolean): {
    readonly base: bigint;
    readonly used: bigint;
    readonly node: bigint;
  } {
    const net = new OutcallNetwork(reply);
    const { outcome } = net.start({ ...request(net), is_replicated: [isReplicated] });
    net.network.advanceTime(2_000);
    net.network.answerHttpOutcall(0, response(x(1_000)));
    const paid = plentyOfCycles - (outcome()?.refundedCycles ?? 0n);
    const base = isReplicated
      ? 13n * (1_000_000n + 50n * requestBytes + 140_000n * 13n + 800n * 13n * 13n)
      : 13n * (1_000_000n + 50n * requestBytes + 90_000n * 13n + 126_000n);
    return { base, used: paid - base, node: 50n * 1_000n + 300n * 2_000n };
  }
  const deliveryCycles = 13n * 730n * BigInt(transformed.length);

  test('costs what 13 nodes use and the delivery of one response', () => {
    const { used, node } = usedCycles(true);
    const transformCycles = used - 13n * node - deliveryCycles;
    // A thirteenth of a cycle for each instruction of the transform function, on each node.
    expect(transformCycles).toBeGreaterThan(100n);
    expect(transformCycles).toBeLessThan(100_000n);
    expect(transformCycles % 13n).toBe(0n);
  });

  test('costs what one node uses when only one makes the request, and what it tells the others', () => {
    const { used, node } = usedCycles(false);
    const transformCycles = used - node - deliveryCycles - 13n * 50n * BigInt(transformed.length);
    expect(transformCycles).toBe((usedCycles(true).used - 13n * node - deliveryCycles) / 13n);
  });

  test('needs its base fee before, and is rejected when the rest does not do', () => {
    const net = new OutcallNetwork(reply);
    const { base, used } = usedCycles(true);
    expect(net.refused(request(net, base - 1n))).toMatchObject({
      code: 4,
      message: expect.stringMatching(/cycles are required\.$/) as string,
    });
    for (const [cycles, code] of [
      [base + used, undefined],
      [base + used - 1n, 1],
    ] as const) {
      const { outcome } = net.start(request(net, cycles));
      net.network.advanceTime(2_000);
      net.network.answerHttpOutcall(net.pending.id, response(x(1_000)));
      expect(outcome()).toMatchObject(
        code === undefined
          ? { kind: 'reply', refundedCycles: 0n }
          : { kind: 'reject', code, message: 'Insufficient cycles', refundedCycles: 0n },
      );
    }
    net.network.checkCycles();
  });
});
