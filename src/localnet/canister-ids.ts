import { Principal } from '@dfinity/principal';

/** `aaaaa-aa`: the management canister, which is the network itself. */
export const managementCanisterId = Principal.managementCanister();

/** First id of the network's range, as PocketIC's first application subnet has it; 2^20 ids follow. */
export const firstCanisterNumber = 0xffff_ffff_ffe0_0000n;
const rangeLength = 0x10_0000n;
const opaqueIdBytes = 10;
const afterNumber = 8;

/** The id with this number: eight bytes big-endian, then `01 01`. Source: dfinity/ic `canister_id.rs`. */
export function canisterIdOfNumber(number: bigint): Principal {
  const bytes = new Uint8Array(opaqueIdBytes);
  new DataView(bytes.buffer).setBigUint64(0, number);
  bytes.set([1, 1], afterNumber);
  return Principal.fromUint8Array(bytes);
}

/** The number of a canister id, or undefined when the principal is none. */
export function numberOfCanisterId(id: Principal): bigint | undefined {
  const bytes = id.toUint8Array();
  if (bytes.length !== opaqueIdBytes || bytes[8] !== 1 || bytes[9] !== 1) return undefined;
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(0);
}

/** Ids from `first` to `last`, both included. */
export interface CanisterRange {
  readonly first: Principal;
  readonly last: Principal;
}

/** The ids the network gives out itself. */
export const ownCanisterRange: CanisterRange = {
  first: canisterIdOfNumber(firstCanisterNumber),
  last: canisterIdOfNumber(firstCanisterNumber + rangeLength - 1n),
};

/** Whether the id lies in the network's range. */
export function isInCanisterRange(id: Principal): boolean {
  const number = numberOfCanisterId(id);
  return number !== undefined && number >= firstCanisterNumber && number < firstCanisterNumber + rangeLength;
}

export function isManagementCanister(id: Principal): boolean {
  return id.toUint8Array().length === 0;
}
