/* Candid by hand: what no encoder writes. */

/** A number as Candid writes lengths and types. */
export function leb(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb(Math.floor(value / 128))];
}

/**
 * @param types each as its bytes
 * @param args the types of the arguments
 */
export function candid(types: number[][], args: number[], values: number[] = []): Uint8Array {
  const header = [0x44, 0x49, 0x44, 0x4c, ...leb(types.length), ...types.flat()];
  return new Uint8Array([...header, ...leb(args.length), ...args, ...values]);
}

export const opt = 0x6e;
export const vector = 0x6d;
export const record = 0x6c;
export const nothing = 0x7f;
const reserved = 0x70;
export const nat8 = 0x7b;
const million = leb(1_000_000);
/** Each level has two of the level below: a value of level 25 has 33 million parts and not one byte. */
const doubling = Array.from({ length: 25 }, (_, level) =>
  level === 0 ? [record, 0] : [record, 2, 0, level - 1, 1, level - 1],
);
const manyNulls = Array.from({ length: 180 }, (_, field) => [...leb(field), nothing]).flat();

/** Arguments that are small and would take far more to decode than an honest one. */
export const bombs: Record<string, Uint8Array> = {
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
