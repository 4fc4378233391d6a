import { CborError, type CborValue } from './cbor.ts';
import { type HashTree, nodeKind } from './hash-tree.ts';

/** Deepest tree read. Source: dfinity/response-verification `packages/ic-certification`, the limit of its decoder. */
const maximumTreeDepth = 128;
const digestBytes = 32;

/**
 * A hash tree from its CBOR.
 *
 * @throws CborError when the value is none, or is deeper than 128 nodes
 */
export function hashTreeFromCbor(value: CborValue, depth = 0): HashTree {
  if (depth > maximumTreeDepth) {
    throw new CborError(`The hash tree is deeper than ${maximumTreeDepth} nodes.`);
  }
  if (!Array.isArray(value)) throw noTree();
  const [kind, first, second, ...rest] = value as readonly CborValue[];
  if (rest.length > 0) throw noTree();
  const subtree = (part: CborValue): HashTree => hashTreeFromCbor(part, depth + 1);
  switch (kind) {
    case nodeKind.empty:
      if (value.length !== 1) throw noTree();
      return [nodeKind.empty];
    case nodeKind.fork:
      return [nodeKind.fork, subtree(first), subtree(second)];
    case nodeKind.labeled:
      if (!(first instanceof Uint8Array)) throw noTree();
      return [nodeKind.labeled, first, subtree(second)];
    case nodeKind.leaf:
      if (!(first instanceof Uint8Array) || value.length !== 2) throw noTree();
      return [nodeKind.leaf, first];
    case nodeKind.pruned:
      if (!(first instanceof Uint8Array) || first.length !== digestBytes || value.length !== 2)
        throw noTree();
      return [nodeKind.pruned, first];
    default:
      throw noTree();
  }
}

function noTree(): CborError {
  return new CborError('A hash tree is an array of a kind from 0 to 4 and its parts.');
}
