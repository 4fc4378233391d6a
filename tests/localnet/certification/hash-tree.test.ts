import { type HashTree as AgentTree, lookup_path, reconstruct } from '@icp-sdk/core/agent';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  CborError,
  decodeCbor,
  digest,
  encodeCbor,
  type HashTree,
  hashTreeFromCbor,
  labeledTree,
  lookupSubtree,
  lookupValue,
  prune,
  type TreeSource,
} from '../../../src/localnet/certification/index.ts';

type Path = readonly Uint8Array[];

const label = fc.uint8Array({ maxLength: 2, max: 5 });
const path = fc.array(label, { maxLength: 4 });

/** Any tree of few labels, so that random paths often exist and often end beside something. */
const source: fc.Arbitrary<TreeSource> = fc.letrec<{ source: TreeSource }>((tie) => ({
  source: fc.oneof(
    { maxDepth: 4 },
    fc.uint8Array({ maxLength: 3 }),
    fc
      .uniqueArray(fc.tuple(label, tie('source')), { maxLength: 6, selector: ([key]) => String(key) })
      .map((entries) => new Map<Uint8Array, TreeSource>(entries)),
  ),
})).source;

/** What the source itself says about a path: the oracle of every lookup. */
function inSource(from: TreeSource, [first, ...rest]: Path): TreeSource | undefined {
  if (first === undefined) return from;
  if (!(from instanceof Map)) return undefined;
  const entries = [...(from as ReadonlyMap<Uint8Array, TreeSource>)];
  const entry = entries.find(([key]) => Buffer.compare(key, first) === 0);
  return entry && inSource(entry[1], rest);
}

describe('a hash tree', () => {
  test('finds what was put in, and proves absent what was not', () => {
    fc.assert(
      fc.property(source, path, (from, wanted) => {
        const tree = labeledTree(from);
        const expected = inSource(from, wanted);
        const found = lookupSubtree(tree, wanted);
        expect(found.status).toBe(expected === undefined ? 'absent' : 'found');
        if (found.status === 'found' && expected !== undefined) {
          expect(digest(found.tree)).toEqual(digest(labeledTree(expected)));
        }
      }),
      { numRuns: 300 },
    );
  });

  test('has the digest that the agent reconstructs', async () => {
    await fc.assert(
      fc.asyncProperty(source, async (from) => {
        const tree = labeledTree(from);
        expect(Buffer.from(await reconstruct(tree as unknown as AgentTree))).toEqual(
          Buffer.from(digest(tree)),
        );
      }),
      { numRuns: 100 },
    );
  });

  test('keeps its digest when it is pruned to any paths, and still answers exactly these', () => {
    fc.assert(
      fc.property(source, fc.array(path, { maxLength: 4 }), (from, paths) => {
        const tree = labeledTree(from);
        const pruned = hashTreeFromCbor(decodeCbor(encodeCbor(prune(tree, paths))));
        expect(digest(pruned)).toEqual(digest(tree));
        for (const wanted of paths) {
          const expected = inSource(from, wanted);
          const found = lookupSubtree(pruned, wanted);
          expect(found.status).toBe(expected === undefined ? 'absent' : 'found');
          if (found.status === 'found' && expected !== undefined) {
            // Not only the digest: everything below a requested path is there.
            expect(found.tree).toEqual(labeledTree(expected));
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  test('shows nothing that was not asked for: no value, and of labels only neighbours of absent ones', () => {
    const tree = labeledTree(
      new Map<string, TreeSource>([
        ['a', Buffer.from('secret a')],
        ['c', Buffer.from('secret c')],
        ['e', new Map([['f', Buffer.from('secret f')]])],
        ['g', Buffer.from('asked')],
        ['i', Buffer.from('secret i')],
      ]),
    );
    const pruned = prune(tree, [['d'], ['g']]);
    const text = Buffer.from(encodeCbor(pruned)).toString('latin1');
    expect(text).toContain('asked');
    expect(text).not.toContain('secret');
    const statusOf = (...keys: string[]) => lookupSubtree(pruned, keys).status;
    expect([statusOf('d'), statusOf('g')]).toEqual(['absent', 'found']);
    expect([statusOf('a'), statusOf('e', 'f'), statusOf('z')]).toEqual(['unknown', 'unknown', 'unknown']);
  });

  test('proves absence to the agent as well', () => {
    const tree = labeledTree(new Map(['b', 'd', 'f', 'h'].map((key) => [key, Buffer.from(key)])));
    for (const missing of ['a', 'c', 'e', 'g', 'i']) {
      const pruned = prune(tree, [[missing]]) as unknown as AgentTree;
      expect(lookup_path([missing], pruned).status).toBe('Absent');
    }
  });

  test('refuses the same label twice in one level', () => {
    const twice = new Map<string | Uint8Array, TreeSource>([
      ['a', new Uint8Array()],
      [Uint8Array.of(97), new Uint8Array()],
    ]);
    expect(() => labeledTree(twice)).toThrow(RangeError);
  });

  test('is the one of the example in the interface spec', () => {
    const tree = labeledTree(
      new Map<string, TreeSource>([
        [
          'a',
          [
            1,
            [1, [2, Buffer.from('x'), [3, Buffer.from('hello')]], [0]],
            [2, Buffer.from('y'), [3, Buffer.from('world')]],
          ],
        ],
        ['b', Buffer.from('good')],
        ['c', new Map()],
        ['d', Buffer.from('morning')],
      ]),
    );
    expect(Buffer.from(digest(tree)).toString('hex')).toBe(
      'eb5c5b2195e62d996b84c9bcc8259d19a83786a2f59e0878cec84c811f669aa0',
    );
    expect(lookupValue(tree, ['a', 'y'])).toEqual(Buffer.from('world'));
    expect(lookupValue(tree, ['a'])).toBeUndefined();
  });
});

describe('a hash tree from CBOR', () => {
  test.each<[string, unknown]>([
    ['a number', 5],
    ['an empty array', []],
    ['an unknown kind', [7]],
    ['a fork of one', [1, [0]]],
    ['a label that is a text', [2, 'a', [0]]],
    ['a leaf that is a text', [3, 'a']],
    ['a short digest', [4, new Uint8Array(31)]],
    ['something behind an empty tree', [0, [0]]],
    ['something behind a fork', [1, [0], [0], [0]]],
  ])('refuses %s', (_name, value) => {
    expect(() => hashTreeFromCbor(value as Parameters<typeof hashTreeFromCbor>[0])).toThrow(CborError);
  });

  test('refuses one that is too deep to walk', () => {
    let tree: HashTree = [3, new Uint8Array()];
    for (let depth = 0; depth < 129; depth += 1) tree = [2, Uint8Array.of(1), tree];
    expect(() => hashTreeFromCbor(tree)).toThrow(/deeper than 128/);
    expect(() => hashTreeFromCbor((tree as [2, Uint8Array, HashTree])[2])).not.toThrow();
  });
});
