import { bytesOf, toHex } from './bytes.ts';
import { digest, type HashTree, levelOf, nodeKind, type TreeLabel } from './hash-tree.ts';

/** Requested paths that begin alike, as a tree; `whole` where a path ends. */
interface Request {
  whole: boolean;
  readonly below: Map<string, { readonly label: Uint8Array; readonly request: Request }>;
}

/**
 * The same tree, by its digest, that shows only what is below the paths. Where a path leads nowhere, it shows the
 * neighbouring labels, which proves that there is nothing between them.
 *
 * A path that goes on below a value shows that value, because nothing else proves that it ends there: whether the value
 * may be seen is to be checked before.
 */
export function prune(tree: HashTree, paths: readonly (readonly TreeLabel[])[]): HashTree {
  const root = newRequest();
  for (const path of paths) addPath(root, path);
  return pruneLevel(tree, root);
}

function newRequest(): Request {
  return { whole: false, below: new Map() };
}

function addPath(root: Request, path: readonly TreeLabel[]): void {
  let request = root;
  for (const textOrBytes of path) {
    const label = bytesOf(textOrBytes);
    const key = toHex(label);
    const entry = request.below.get(key) ?? { label, request: newRequest() };
    request.below.set(key, entry);
    request = entry.request;
  }
  request.whole = true;
}

function pruneLevel(tree: HashTree, request: Request): HashTree {
  if (request.whole) return tree;
  return show(tree, shownLabels(tree, request));
}

/** The labels of this level that stay, with what of their subtree is asked for; a mere neighbour has no request. */
type ShownLabels = ReadonlyMap<HashTree, Request | undefined>;

function shownLabels(tree: HashTree, request: Request): ShownLabels {
  const level = levelOf(tree).filter((node) => node[0] === nodeKind.labeled);
  const shown = new Map<HashTree, Request | undefined>();
  for (const { label, request: below } of request.below.values()) {
    const place = level.findIndex((node) => Buffer.compare(node[1], label) >= 0);
    const node = level[place];
    if (node !== undefined && Buffer.compare(node[1], label) === 0) {
      shown.set(node, below);
      continue;
    }
    const before = place === -1 ? level.at(-1) : level[place - 1];
    for (const neighbour of [before, node]) {
      if (neighbour !== undefined && !shown.has(neighbour)) shown.set(neighbour, undefined);
    }
  }
  return shown;
}

function show(tree: HashTree, shown: ShownLabels): HashTree {
  switch (tree[0]) {
    case nodeKind.fork: {
      const left = show(tree[1], shown);
      const right = show(tree[2], shown);
      const nothing = left[0] === nodeKind.pruned && right[0] === nodeKind.pruned;
      return nothing ? hide(tree) : [nodeKind.fork, left, right];
    }
    case nodeKind.labeled: {
      if (!shown.has(tree)) return hide(tree);
      const request = shown.get(tree);
      const subtree = request === undefined ? hide(tree[2]) : pruneLevel(tree[2], request);
      return [nodeKind.labeled, tree[1], subtree];
    }
    default:
      return tree;
  }
}

function hide(tree: HashTree): HashTree {
  return [nodeKind.pruned, digest(tree)];
}
