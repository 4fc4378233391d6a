import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ListedRows } from '../../../src/manager/storage/listed-rows.ts';
import { InMemoryOrderedMap } from '../../../src/saga/index.ts';

const changes = fc.array(fc.record({ id: fc.nat({ max: 8 }), value: fc.option(fc.nat({ max: 255 })) }));

test('rows that come and go in any order are found by name, and listed without gaps or repetitions', () => {
  fc.assert(
    fc.property(changes, (sequence) => {
      const map = new InMemoryOrderedMap();
      const rows = new ListedRows(map, 'allowedCaller');
      const expected = new Map<number, number>();
      for (const { id, value } of sequence) {
        const name = new Uint8Array([id]);
        if (value === null) expect(rows.delete(name)).toBe(expected.delete(id));
        else {
          rows.set(name, new Uint8Array([value]));
          expected.set(id, value);
        }
        expect(rows.count()).toBe(expected.size);
        const listed = Array.from({ length: rows.count() }, (_, place) => rows.at(place));
        const pairs = listed.map((row): [number, number] => [row?.id[0] ?? -1, row?.value[0] ?? -1]);
        expect(new Map(pairs)).toEqual(expected);
        expect(rows.at(rows.count())).toBeUndefined();
        expect(rows.get(name)?.[0]).toBe(expected.get(id));
      }
      for (const id of expected.keys()) rows.delete(new Uint8Array([id]));
      // Nothing but the count stays behind.
      expect(map.size()).toBe(sequence.some(({ value }) => value !== null) ? 1 : 0);
    }),
  );
});
