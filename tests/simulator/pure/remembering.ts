/** Somebody who knows things about the Manager that it may forget: it is reinstalled, or set back to a snapshot. */
export interface Remembering {
  /** @returns sets what is known back to what is known now */
  readonly remember: () => () => void;
}

/** The entries of a map as they are now. @returns sets them back */
export function rememberMap<Key, Value>(map: Map<Key, Value>): () => void {
  const entries = [...map];
  return () => {
    map.clear();
    for (const [key, value] of entries) map.set(key, value);
  };
}

/** As {@link rememberMap}, for a set. */
export function rememberSet<Value>(set: Set<Value>): () => void {
  const values = [...set];
  return () => {
    set.clear();
    for (const value of values) set.add(value);
  };
}
