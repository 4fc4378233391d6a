/*
 * Ways to spoil a valid request: bytes, CBOR structure, and values of wrong types. Everything follows from a seed.
 */
import { type CborValue, decodeCbor, encodeCbor } from '../../../../src/localnet/certification/index.ts';

/** A stream of numbers that a seed decides. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 to `sides` - 1. */
  roll(sides: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    // The high bits are the good ones.
    return Math.floor((this.#state / 2 ** 32) * sides);
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.roll(choices.length)] as T;
  }
}

type Mutation = (body: Uint8Array, dice: Dice) => Uint8Array;

const flipBits: Mutation = (body, dice) => {
  const spoilt = body.slice();
  for (let flips = 1 + dice.roll(4); flips > 0; flips -= 1) {
    const at = dice.roll(spoilt.length);
    spoilt[at] = (spoilt[at] ?? 0) ^ (1 << dice.roll(8));
  }
  return spoilt;
};

const truncate: Mutation = (body, dice) => body.slice(0, dice.roll(body.length));

const splice: Mutation = (body, dice) => {
  const [at, from] = [dice.roll(body.length), dice.roll(body.length)];
  const piece = body.subarray(from, from + dice.roll(40));
  return Uint8Array.from([...body.subarray(0, at), ...piece, ...body.subarray(at + dice.roll(20))]);
};

/** A byte that begins a value, replaced by one that promises something huge or endless. */
const promise: Mutation = (body, dice) => {
  const huge = dice.pick([
    [0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    [0x5a, 0x7f, 0xff, 0xff, 0xff],
    [0x9b, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff],
    [0xba, 0xff, 0xff, 0xff, 0xff],
    [0x7b, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    [0x9f],
    [0xbf],
    [0x5f],
    [0xff],
    [0xd9, 0xd9, 0xf7],
    [0xdb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    [0xfb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0],
  ]);
  const at = dice.roll(body.length);
  return Uint8Array.from([...body.subarray(0, at), ...huge, ...body.subarray(at + dice.roll(2))]);
};

const nest: Mutation = (body, dice) => {
  const opening = dice.pick([[0x81], [0xa1, 0x61, 0x61], [0xd9, 0xd9, 0xf7], [0x9f]]);
  const depth = dice.pick([100, 200, 5_000]);
  const prefix = Buffer.alloc(depth * opening.length, Uint8Array.from(opening));
  const at = dice.pick([0, 3, dice.roll(body.length)]);
  return new Uint8Array(Buffer.concat([body.subarray(0, at), prefix, body.subarray(at)]));
};

/** The first entry of the outermost map once more. */
const repeatKey: Mutation = (body, dice) => {
  const spoilt = Uint8Array.from([...body, ...body.subarray(4)]);
  spoilt[3] = 0xa0 | dice.roll(24);
  return spoilt;
};

const strange: readonly CborValue[] = [
  null,
  true,
  0,
  -1,
  1.5,
  Number.NaN,
  2n ** 64n - 1n,
  '',
  'call',
  'x'.repeat(70_000),
  '\ud800',
  new Uint8Array(0),
  new Uint8Array(29),
  new Uint8Array(30),
  new Uint8Array(33),
  [],
  [[]],
  [['time']],
  [[new TextEncoder().encode('time')]],
  Array.from({ length: 1_001 }, () => [new Uint8Array(1)]),
  [Array.from({ length: 128 }, () => new Uint8Array(1))],
  new Map(),
  new Map<CborValue, CborValue>([
    [1, 2],
    [new Uint8Array(1), []],
  ]),
  { __proto__: 'x', constructor: 1, toString: 2 },
];

/** Replaces, removes or adds one value somewhere in the structure. */
const restructure: Mutation = (body, dice) => {
  const change = (value: CborValue): CborValue => {
    if (dice.roll(4) === 0) return dice.pick(strange);
    if (value instanceof Map) {
      const entries = [...(value as ReadonlyMap<CborValue, CborValue>)];
      const at = dice.roll(entries.length);
      const entry = entries[at];
      if (entry === undefined) return dice.pick(strange);
      if (dice.roll(8) === 0) entries.splice(at, 1);
      else if (dice.roll(8) === 0) entries.push([dice.pick(strange), dice.pick(strange)]);
      else entries[at] = [entry[0], change(entry[1])];
      return new Map(entries);
    }
    if (Array.isArray(value) && value.length > 0) {
      const items = [...(value as readonly CborValue[])];
      const at = dice.roll(items.length);
      items[at] = change(items[at]);
      return items;
    }
    return dice.pick(strange);
  };
  return encodeCbor(change(decodeCbor(body)));
};

const noise: Mutation = (_body, dice) => Uint8Array.from({ length: dice.roll(300) }, () => dice.roll(256));

const mutations: readonly Mutation[] = [
  flipBits,
  flipBits,
  truncate,
  splice,
  promise,
  nest,
  repeatKey,
  restructure,
  restructure,
  restructure,
  noise,
];

/** A request that was valid once. */
export function mutate(body: Uint8Array, dice: Dice): Uint8Array {
  return dice.pick(mutations)(body, dice);
}
