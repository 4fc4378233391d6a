/**
 * The storage port: a map from bytes to bytes, ordered by key. The Manager's implementation is a StableBTreeMap,
 * which can be read cheaply by key and from its front and in no other way; so this is all the engine asks for.
 */
export interface OrderedMap {
  readonly get: (key: Uint8Array) => Uint8Array | undefined;
  readonly set: (key: Uint8Array, value: Uint8Array) => void;
  readonly delete: (key: Uint8Array) => void;
  readonly size: () => number;
  /** The entries with the smallest keys, in order. */
  readonly first: (limit: number) => readonly (readonly [Uint8Array, Uint8Array])[];
}
