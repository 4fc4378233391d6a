import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InMemoryOrderedMap } from '../../../src/saga/index.ts';
import {
  anyOrderedMapOperations,
  assertConformingOrderedMap,
} from '../../support/ordered-map-conformance.ts';

describe('the ordered map in memory', () => {
  it('behaves like a sorted array, whatever is done with it', () => {
    fc.assert(
      fc.property(anyOrderedMapOperations, (operations) => {
        assertConformingOrderedMap(new InMemoryOrderedMap(), operations);
      }),
      { numRuns: 300 },
    );
  });

  it('hands out copies from its front', () => {
    const map = new InMemoryOrderedMap();
    map.set(Uint8Array.of(1), Uint8Array.of(2));
    for (const [key, value] of map.first(1)) {
      key.fill(9);
      value.fill(9);
    }
    expect(map.first(1)).toEqual([[Uint8Array.of(1), Uint8Array.of(2)]]);
  });
});
