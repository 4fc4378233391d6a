import { bytesOf, domainSeparator, sha256 } from './bytes.ts';

/**
 * A hash tree in the form it has in CBOR: empty, fork, labelled subtree, leaf, pruned.
 *
 * Source: IC interface spec, 'Certification', "certificate encoding". Labels of one level ascend bytewise.
 */
export type HashTree =
  | readonly [kind: 0]
  | readonly [kind: 1, left: HashTree, right: HashTree]
  | readonly [kind: 2, label: Uint8Array, subtree: HashTree]
  | readonly [kind: 3, value: Uint8Array]
  | readonly [kind: 4, digest: Uint8Array];

export type TreeLabel = string | Uint8Array;

/** What a tree is built of: a value, labelled subtrees, or a tree that exists already. */
export type TreeSource = Uint8Array | ReadonlyMap<TreeLabel, TreeSource> | HashTree;

/** The kinds of node, by the number CBOR has for them. */
export const nodeKind = { empty: 0, fork: 1, labeled: 2, leaf: 3, pruned: 4 } as const;

const emptyTree: HashTree = [nodeKind.empty];

/**
 * Builds a balanced tree. Subtrees that are passed as trees keep their remembered digest, so that a state of which
 * little changed is cheap to certify again.
 *
 * @throws RangeError when one level has the same label twice
 */
export function labeledTree(source: TreeSource): HashTree {
  if (source instanceof Uint8Array) return [nodeKind.leaf, source];
  if (!(source instanceof Map)) return source as HashTree;
  const entries = [...(source as ReadonlyMap<TreeLabel, TreeSource>)]
    .map(([label, subtree]) => ({ label: bytesOf(label), subtree }))
    .sort((a, b) => Buffer.compare(a.label, b.label));
  entries.forEach(({ label }, index) => {
    const previous = entries[index - 1];
    if (previous !== undefined && Buffer.compare(previous.label, label) === 0) {
      throw new RangeError('A level of a hash tree has the same label twice; merge the two subtrees first.');
    }
  });
  return balanced(entries.map(({ label, subtree }) => [nodeKind.labeled, label, labeledTree(subtree)]));
}

function balanced(trees: readonly HashTree[]): HashTree {
  const [only] = trees;
  if (only === undefined) return emptyTree;
  if (trees.length === 1) return only;
  const middle = Math.ceil(trees.length / 2);
  return [nodeKind.fork, balanced(trees.slice(0, middle)), balanced(trees.slice(middle))];
}

const separators = {
  empty: domainSeparator('ic-hashtree-empty'),
  fork: domainSeparator('ic-hashtree-fork'),
  labeled: domainSeparator('ic-hashtree-labeled'),
  leaf: domainSeparator('ic-hashtree-leaf'),
};

const remembered = new WeakMap<HashTree, Uint8Array>();

/** The root hash: 32 bytes. Remembered per node, so trees must not be changed once they were used. */
export function digest(tree: HashTree): Uint8Array {
  const known = remembered.get(tree);
  if (known !== undefined) return known;
  const computed = compute(tree);
  remembered.set(tree, computed);
  return computed;
}

function compute(tree: HashTree): Uint8Array {
  switch (tree[0]) {
    case nodeKind.empty:
      return sha256(separators.empty);
    case nodeKind.fork:
      return sha256(separators.fork, digest(tree[1]), digest(tree[2]));
    case nodeKind.labeled:
      return sha256(separators.labeled, tree[1], digest(tree[2]));
    case nodeKind.leaf:
      return sha256(separators.leaf, tree[1]);
    case nodeKind.pruned:
      return tree[1];
  }
}

/** The labelled subtrees of one level in order; forks and empty trees are only their arrangement. */
export function levelOf(tree: HashTree): HashTree[] {
  switch (tree[0]) {
    case nodeKind.empty:
      return [];
    case nodeKind.fork:
      return [...levelOf(tree[1]), ...levelOf(tree[2])];
    default:
      return [tree];
  }
}
