import { bytesOf } from './bytes.ts';
import { type HashTree, levelOf, nodeKind, type TreeLabel } from './hash-tree.ts';

/** What a tree proves about a path. `unknown`: the place where it would be is pruned. */
export type SubtreeLookup =
  { readonly status: 'found'; readonly tree: HashTree } | { readonly status: 'absent' | 'unknown' };

/**
 * What is below a path.
 *
 * Source: IC interface spec, 'Lookup'.
 */
export function lookupSubtree(tree: HashTree, path: readonly TreeLabel[]): SubtreeLookup {
  let current = tree;
  for (const label of path) {
    const next = lookupLabel(current, bytesOf(label));
    if (next.status !== 'found') return next;
    current = next.tree;
  }
  return { status: 'found', tree: current };
}

/** The value at a path; undefined when there is none or the tree does not show it. */
export function lookupValue(tree: HashTree, path: readonly TreeLabel[]): Uint8Array | undefined {
  const found = lookupSubtree(tree, path);
  return found.status === 'found' && found.tree[0] === nodeKind.leaf ? found.tree[1] : undefined;
}

function lookupLabel(tree: HashTree, label: Uint8Array): SubtreeLookup {
  // What is between the last label below and the first label above decides: a pruned part there hides the answer.
  let hidden = false;
  for (const node of levelOf(tree)) {
    if (node[0] === nodeKind.pruned) {
      hidden = true;
      continue;
    }
    if (node[0] !== nodeKind.labeled) continue;
    const order = Buffer.compare(node[1], label);
    if (order === 0) return { status: 'found', tree: node[2] };
    if (order > 0) break;
    hidden = false;
  }
  return { status: hidden ? 'unknown' : 'absent' };
}
