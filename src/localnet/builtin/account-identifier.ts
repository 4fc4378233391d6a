import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Principal } from '@dfinity/principal';
import { calledTrap } from '../canister-failure.ts';
import { maximumPrincipalBytes } from '../limits.ts';

/** An account of a token ledger as the ICRC-1 standard names it. */
export interface Account {
  readonly owner: Principal;
  /** 32 bytes; absent means 32 zeros. */
  readonly subaccount: [] | [Uint8Array];
}

const domain = '\x0Aaccount-id';
const subaccountBytes = 32;
const checksumBytes = 4;

/**
 * The 32 bytes, in hex, by which the ICP ledger knows an account. Source: ICP ledger, 'Account identifiers'.
 *
 * @throws CanisterFailure, as a ledger traps, for a subaccount that has not 32 bytes
 */
export function accountIdentifier({ owner, subaccount: [subaccount] }: Account): string {
  if (subaccount !== undefined && subaccount.length !== subaccountBytes) {
    throw calledTrap(`a subaccount has ${subaccountBytes} bytes, this one has ${subaccount.length}`);
  }
  const hash = createHash('sha224')
    .update(domain)
    .update(owner.toUint8Array())
    .update(subaccount ?? new Uint8Array(subaccountBytes))
    .digest();
  return Buffer.concat([checksumOf(hash), hash]).toString('hex');
}

/** Whether the text is an account identifier whose checksum is right. */
export function isAccountIdentifier(hex: string): boolean {
  const bytes = Buffer.from(hex, 'hex');
  if (bytes.length !== subaccountBytes) return false;
  return checksumOf(bytes.subarray(checksumBytes)).equals(bytes.subarray(0, checksumBytes));
}

/** The default account of a principal. */
export function accountOf(owner: Principal): Account {
  return { owner, subaccount: [] };
}

/**
 * The subaccount under which a service keeps what belongs to a principal: its length and its bytes.
 *
 * @throws CanisterFailure for what decodes as a principal but is too long to be one
 */
export function subaccountOf(principal: Principal): Uint8Array {
  const bytes = principal.toUint8Array();
  if (bytes.length > maximumPrincipalBytes)
    throw calledTrap(`a principal has at most ${maximumPrincipalBytes} bytes`);
  const subaccount = new Uint8Array(subaccountBytes);
  subaccount.set([bytes.length, ...bytes]);
  return subaccount;
}

function checksumOf(bytes: Uint8Array): Buffer {
  const checksum = Buffer.alloc(checksumBytes);
  checksum.writeUInt32BE(crc32(bytes));
  return checksum;
}
