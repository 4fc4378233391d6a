import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Candidate } from '../../../src/manager/provisioning/candidate.ts';
import { factsCodec } from '../../../src/manager/provisioning/facts-codec.ts';
import type { ProvisioningFacts } from '../../../src/manager/provisioning/facts.ts';
import { unfitReasons } from '../../../src/manager/vacancies/vacancy.ts';

const id = fc.uint8Array({ minLength: 1, maxLength: 29 });
const cycles = fc.bigInt(0n, 2n ** 128n - 1n);
const number = fc.bigInt(0n, 2n ** 64n - 1n);
const looks = fc.nat(4);

const candidates: fc.Arbitrary<Candidate> = fc.oneof(
  fc.record({ kind: fc.constantFrom('offered', 'stopped', 'occupied'), canisterId: id, looks }),
  fc.record({ kind: fc.constant('poor'), canisterId: id, looks, missingCycles: cycles }),
  fc.record({ kind: fc.constantFrom('returned', 'unseen'), canisterId: id }),
  fc.record({ kind: fc.constant('unfit'), canisterId: id, reason: fc.constantFrom(...unfitReasons) }),
);

const facts: fc.Arbitrary<Partial<ProvisioningFacts>> = fc.record(
  {
    owner: id,
    idempotencyKey: fc.string(),
    greeting: fc.string(),
    templateVersion: fc.string(),
    moduleHash: id,
    greeterId: id,
    foreignModule: fc.boolean(),
    cyclesSpent: cycles,
    candidate: candidates,
    isReused: fc.boolean(),
    isEmptied: fc.boolean(),
    canisterCycles: cycles,
    highestNumberBefore: number,
    searchNext: number,
    searchThrough: number,
    isOutOfCycles: fc.boolean(),
    missingCycles: cycles,
    fundingRefusals: number,
    searchFrom: number,
  },
  { requiredKeys: [] },
);

test('any facts, whole or in part, are read as they were written', () => {
  fc.assert(
    fc.property(facts, (learned) => {
      expect(factsCodec.decode(factsCodec.encode(learned))).toEqual(learned);
    }),
  );
});

test('facts as they were written before there were vacant canisters are still read', () => {
  const owner = [1, 0, 0, 0, 1, 0x2a];
  const cyclesSpent = [8, 1, 0x07];
  expect(factsCodec.decode(new Uint8Array([1, 2, ...owner, ...cyclesSpent]))).toEqual({
    owner: new Uint8Array([0x2a]),
    cyclesSpent: 7n,
  });
});
