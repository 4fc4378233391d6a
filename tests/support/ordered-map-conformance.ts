import fc from 'fast-check';
import type { OrderedMap } from '../../src/saga/index.ts';

/** One use of an ordered map. */
export type OrderedMapOperation =
  | { readonly kind: 'set'; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly kind: 'delete' | 'get'; readonly key: Uint8Array }
  | { readonly kind: 'first'; readonly limit: number };

// Few and short keys, so that they collide, and prefixes of one another.
const anyKey = fc
  .array(fc.constantFrom(0, 1, 127, 128, 255), { maxLength: 3 })
  .map((bytes) => Uint8Array.from(bytes));

/** Any use of an ordered map. */
export const anyOrderedMapOperations: fc.Arbitrary<readonly OrderedMapOperation[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('set' as const), key: anyKey, value: fc.uint8Array({ maxLength: 4 }) }),
    fc.record({ kind: fc.constantFrom('delete' as const, 'get' as const), key: anyKey }),
    fc.record({ kind: fc.constant('first' as const), limit: fc.nat(8) }),
  ),
  { maxLength: 80 },
);

/**
 * Checks an implementation of the storage port against the plainest one there is, an array sorted anew each time.
 *
 * @param map empty
 * @param operations done one after the other; after each, everything the map tells is compared
 * @throws Error naming the first operation after which the map tells something else
 */
export function assertConformingOrderedMap(
  map: OrderedMap,
  operations: readonly OrderedMapOperation[],
): void {
  const model = new Map<string, { key: Uint8Array; value: Uint8Array }>();
  operations.forEach((operation, index) => {
    perform(map, model, operation);
    const difference = findDifference(map, model, operation);
    if (difference !== undefined) throw new Error(`operation ${index} (${operation.kind}): ${difference}`);
  });
}

function perform(
  map: OrderedMap,
  model: Map<string, { key: Uint8Array; value: Uint8Array }>,
  operation: OrderedMapOperation,
): void {
  if (operation.kind === 'set') {
    const { key, value } = operation;
    const [givenKey, givenValue] = [key.slice(), value.slice()];
    map.set(givenKey, givenValue);
    // What the caller does with its arrays afterwards must not reach into the map.
    givenKey.fill(77);
    givenValue.fill(77);
    model.set(hex(key), { key, value });
  }
  if (operation.kind === 'delete') {
    map.delete(operation.key);
    model.delete(hex(operation.key));
  }
}

function findDifference(
  map: OrderedMap,
  model: ReadonlyMap<string, { key: Uint8Array; value: Uint8Array }>,
  operation: OrderedMapOperation,
): string | undefined {
  if (map.size() !== model.size) return `size is ${map.size()}, not ${model.size}`;
  if (operation.kind === 'first') {
    const sorted = [...model.values()].sort((left, right) => Buffer.compare(left.key, right.key));
    const expected = sorted.slice(0, operation.limit).map(({ key, value }) => `${hex(key)}=${hex(value)}`);
    const actual = map.first(operation.limit).map(([key, value]) => `${hex(key)}=${hex(value)}`);
    return actual.join() === expected.join()
      ? undefined
      : `first are ${actual.join()}, not ${expected.join()}`;
  }
  const found = map.get(operation.key);
  const [actual, expected] = [found && hex(found), model.get(hex(operation.key))];
  // What the caller does with what it got must not reach into the map either.
  found?.fill(99);
  return actual === (expected && hex(expected.value))
    ? undefined
    : `value is ${actual ?? 'absent'}, not ${expected ? hex(expected.value) : 'absent'}`;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
