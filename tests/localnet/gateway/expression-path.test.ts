import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { labeledTree, prune, type TreeSource } from '../../../src/localnet/certification/index.ts';
import { expressionPathDefect } from '../../../src/localnet/gateway/expression-path.ts';

/** A certified tree with these paths, each of segments and `<$>` or `<*>`. */
function treeOf(...paths: readonly string[][]) {
  const root = new Map<string, TreeSource>();
  for (const path of paths) {
    let level = root;
    for (const segment of ['http_expr', ...path]) {
      const next = (level.get(segment) ?? new Map<string, TreeSource>()) as Map<string, TreeSource>;
      level.set(segment, next);
      level = next;
    }
  }
  return labeledTree(root);
}

const defect = (path: string[], url: string, tree = treeOf(path)) =>
  expressionPathDefect(['http_expr', ...path], url, tree);

describe('an expression path', () => {
  test.each<[path: string[], url: string]>([
    [['<$>'], ''],
    [['', '<$>'], '/'],
    [['a', '<$>'], '/a'],
    [['a', '', '<$>'], '/a/'],
    [['a', 'b', '<$>'], '/a/b'],
    [['<*>'], '/a/b'],
    [['', '<*>'], '/a/b'],
    [['a', '<*>'], '/a'],
    [['a', '<*>'], '/a/b/c'],
    [['a', '', '<*>'], '/a/b'],
  ])('%j answers for %s', (path, url) => {
    expect(defect(path, url)).toBeUndefined();
  });

  test.each<[path: string[], url: string]>([
    [['a', '<$>'], '/'],
    [['a', '<$>'], '/a/'],
    [['a', '<$>'], '/a/b'],
    [['a', '', '<$>'], '/a'],
    [['a', '<*>'], '/b'],
    [['a', 'b', '<*>'], '/a'],
    [['a'], '/a'],
    [[], '/'],
  ])('%j does not answer for %s', (path, url) => {
    expect(defect(path, url)).toBeDefined();
  });

  test('must begin with http_expr, and be in the tree', () => {
    expect(expressionPathDefect(['a', '<$>'], '/a', treeOf(['a', '<$>']))).toMatch(
      /must begin with http_expr/,
    );
    expect(defect(['a', '<*>'], '/a', treeOf(['b', '<*>']))).toMatch(/does not hold expr_path/);
  });

  test('does not answer where a more specific one does', () => {
    const root = ['', '<*>'];
    for (const other of [
      ['a', 'b', '<$>'],
      ['a', 'b', '<*>'],
      ['a', '', '<*>'],
      ['a', '<*>'],
    ]) {
      expect(defect(root, '/a/b', treeOf(root, other))).toMatch(/does not prove that there is no/);
      expect(defect(root, '/c', treeOf(root, other))).toBeUndefined();
    }
  });

  test('answers only if the tree proves that there is no more specific one', () => {
    const root = ['', '<*>'];
    const tree = treeOf(root, ['b', '<$>'], ['x', '<$>']);
    const shown = prune(tree, [['http_expr', ...root]]);
    expect(defect(root, '/b', tree)).toBeDefined();
    expect(defect(root, '/b', shown)).toBeDefined();
    expect(defect(root, '/m', shown)).toBeDefined();
    expect(
      defect(
        root,
        '/m',
        prune(tree, [
          ['http_expr', ...root],
          ['http_expr', 'm'],
        ]),
      ),
    ).toBeUndefined();
  });

  test('of all wildcards that hold a URL, exactly the most specific one answers', () => {
    const segments = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 4 });
    fc.assert(
      fc.property(fc.uniqueArray(segments, { selector: String, minLength: 1 }), segments, (prefixes, url) => {
        const paths = prefixes.map((prefix) => [...prefix, '<*>']);
        const tree = treeOf(...paths);
        const answering = prefixes.filter((prefix) => {
          const path = ['http_expr', ...prefix, '<*>'];
          return expressionPathDefect(path, `/${url.join('/')}`, tree) === undefined;
        });
        const holding = prefixes.filter((prefix) => prefix.every((segment, index) => segment === url[index]));
        const longest = Math.max(...holding.map((prefix) => prefix.length));
        expect(answering).toEqual(holding.filter((prefix) => prefix.length === longest));
      }),
    );
  });
});
