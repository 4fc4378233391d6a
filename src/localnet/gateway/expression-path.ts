import { type HashTree, lookupSubtree } from '../certification/index.ts';

const prefix = 'http_expr';
const exact = '<$>';
const wildcard = '<*>';

/**
 * Why a canister may not answer this URL with the expression at this path; undefined when it may: the path is in the
 * tree, fits the URL, and the tree proves that no more specific one exists.
 *
 * Source: HTTP gateway protocol specification, "Expression Path"; directories (`/a/`) end in an empty segment, as in
 * dfinity/response-verification `v2_validation.rs`.
 *
 * @param urlPath decoded, without the query
 */
export function expressionPathDefect(
  path: readonly string[],
  urlPath: string,
  tree: HashTree,
): string | undefined {
  const [first, ...rest] = path;
  const kind = rest.pop();
  if (first !== prefix || (kind !== exact && kind !== wildcard)) {
    return 'expr_path must begin with http_expr and end with <$> or <*>';
  }
  const url = segmentsOf(urlPath);
  const status = (segments: readonly string[]) => lookupSubtree(tree, [prefix, ...segments]).status;
  if (status([...rest, kind]) !== 'found') return 'the tree does not hold expr_path';
  const isWholeUrl = rest.length === url.length && isPrefix(rest, url);
  if (kind === exact) return isWholeUrl ? undefined : 'expr_path is not the path of the URL';
  if (!isPrefix(rest.at(-1) === '' ? rest.slice(0, -1) : rest, url)) {
    return 'expr_path is no prefix of the path of the URL';
  }
  const moreSpecific = [[...url, exact], ...moreSpecificWildcards(url, rest)].find(
    (segments) => status(segments) !== 'absent',
  );
  return moreSpecific && `the tree does not prove that there is no /${moreSpecific.join('/')}`;
}

function segmentsOf(urlPath: string): string[] {
  const segments = urlPath.split('/').filter((segment) => segment !== '');
  return urlPath.endsWith('/') ? [...segments, ''] : segments;
}

function isPrefix(some: readonly string[], all: readonly string[]): boolean {
  return some.every((segment, index) => segment === all[index]);
}

/** The wildcards between the URL and the one that answers, each level without and with a slash at its end. */
function moreSpecificWildcards(url: readonly string[], answering: readonly string[]): string[][] {
  const found: string[][] = [];
  const current = [...url];
  while (current.length > answering.length || current.at(-1) !== answering.at(-1)) {
    found.push([...current, wildcard]);
    if (current.pop() !== '') current.push('');
  }
  return found;
}
