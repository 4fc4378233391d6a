import { BinaryWriter } from '../../saga/index.ts';
import type { OrderedMap } from '../../saga/index.ts';
import { sha256 } from '../sha256.ts';
import { ListedRows } from '../storage/listed-rows.ts';
import { versionedReader } from '../storage/versioned-reader.ts';

const schemaVersion = 1;
const textEncoder = new TextEncoder();

/** A code that admits its bearers. The code itself is not kept: whoever reads the Manager's memory must not gain by it. */
export interface Invitation {
  /** SHA-256 of the code in UTF-8. */
  readonly codeHash: Uint8Array;
  readonly usesLeft: number;
  /** Absent: it never expires. */
  readonly expiresAtMs?: number;
  readonly createdAtMs: number;
}

/** The invitations there are, also those that are used up or have expired, until an operator revokes them. */
export class Invitations {
  private readonly rows: ListedRows;

  constructor(records: OrderedMap) {
    this.rows = new ListedRows(records, 'invitation');
  }

  count(): number {
    return this.rows.count();
  }

  at(place: number): Invitation | undefined {
    const row = this.rows.at(place);
    return row && decode(row.id, row.value);
  }

  get(codeHash: Uint8Array): Invitation | undefined {
    const value = this.rows.get(codeHash);
    return value && decode(codeHash, value);
  }

  set(invitation: Invitation): void {
    const { usesLeft, expiresAtMs, createdAtMs } = invitation;
    const writer = new BinaryWriter().u8(schemaVersion).u32(usesLeft).timeMs(createdAtMs);
    writer.optional(expiresAtMs, (atMs) => writer.timeMs(atMs));
    this.rows.set(invitation.codeHash, writer.finish());
  }

  delete(codeHash: Uint8Array): boolean {
    return this.rows.delete(codeHash);
  }

  /** The invitation that a code stands for, if it admits anybody at this time. */
  valid(code: string, nowMs: number): Invitation | undefined {
    const invitation = this.get(sha256(textEncoder.encode(code)));
    if (!invitation || invitation.usesLeft === 0) return undefined;
    const { expiresAtMs } = invitation;
    return expiresAtMs !== undefined && expiresAtMs <= nowMs ? undefined : invitation;
  }

  /** @throws Error when there is nothing to use: a defect, because the invitation was looked at in the same message */
  use(codeHash: Uint8Array): void {
    const invitation = this.get(codeHash);
    if (!invitation || invitation.usesLeft === 0) throw new Error('invitations: nothing left to use');
    this.set({ ...invitation, usesLeft: invitation.usesLeft - 1 });
  }

  /** Gives a use back, unless the invitation was revoked meanwhile. */
  giveBack(codeHash: Uint8Array): void {
    const invitation = this.get(codeHash);
    if (invitation) this.set({ ...invitation, usesLeft: invitation.usesLeft + 1 });
  }
}

function decode(codeHash: Uint8Array, value: Uint8Array): Invitation {
  const reader = versionedReader('invitation', value, schemaVersion);
  const usesLeft = reader.u32();
  const createdAtMs = reader.timeMs();
  const expiresAtMs = reader.optional(() => reader.timeMs());
  return { codeHash, usesLeft, createdAtMs, ...(expiresAtMs === undefined ? {} : { expiresAtMs }) };
}
