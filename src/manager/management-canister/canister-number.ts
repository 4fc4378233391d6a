/** Bytes of a canister id: the number, then `01 01` (dfinity/ic, `canister_id.rs`). */
const idBytes = 10;
const numberBytes = 8;

/**
 * The number of a canister id. A subnet allocates them in ascending order within its range, so of two canisters of
 * one subnet the one with the higher number is the younger (dfinity/ic, `CanisterIdRanges`; ids are never reused).
 *
 * @returns undefined when the principal is no canister id made from a number (a user's, or the management canister's)
 */
export function canisterNumberOf(id: Uint8Array): bigint | undefined {
  if (id.length !== idBytes || id[numberBytes] !== 1 || id[numberBytes + 1] !== 1) return undefined;
  return new DataView(id.buffer, id.byteOffset, id.byteLength).getBigUint64(0);
}

/** The canister id with this number, whether there is such a canister or not. */
export function canisterIdOfNumber(number: bigint): Uint8Array {
  const id = new Uint8Array(idBytes);
  new DataView(id.buffer).setBigUint64(0, number);
  id.set([1, 1], numberBytes);
  return id;
}
