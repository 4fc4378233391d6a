import { hex } from '../bytes.ts';
import { nanosFromMs, nowMs } from '../clock.ts';
import { InvalidInputError } from '../endpoint/invalid-input-error.ts';
import { orInvalidRequest } from '../endpoint/or-invalid-request.ts';
import { maximumInvitations, maximumInvitationUses } from '../limits.ts';
import { audited, requireRequest, wasDoneBefore } from '../operators/audited.ts';
import { optional } from '../views/optional.ts';
import type { Optional } from '../views/optional.ts';
import { readPage } from '../views/pages.ts';
import type { PageRequest } from '../views/pages.ts';
import { invitations } from './given-for-admission.ts';

const codeHashBytes = 32;
const nanosecondsPerMillisecond = 1_000_000n;

/** Candid's `CreateInvitationRequest`. */
export interface CreateInvitationRequest {
  readonly codeHash: Uint8Array;
  readonly uses: number;
  /** Nanoseconds since 1970. */
  readonly expiresAt: Optional<bigint>;
  readonly requestId: string;
  readonly reason: string;
}

/** Candid's `RevokeInvitationRequest`. */
export type RevokeInvitationRequest = Pick<CreateInvitationRequest, 'codeHash' | 'requestId' | 'reason'>;

/** Makes a code admit so many requests, or changes how many more it does; the value of Candid's `DoneResult`. */
export function createInvitation(request: CreateInvitationRequest): object {
  return orInvalidRequest(() => {
    requireRequest(request);
    const { codeHash, uses, expiresAt, requestId, reason } = request;
    requireCodeHash(codeHash);
    const [expiresAtNanos] = expiresAt;
    const expiry = expiresAtNanos === undefined ? 'never' : expiresAtNanos.toString();
    const details = `${uses} uses, expires ${expiry}`;
    const action = { verb: 'createInvitation', target: hex(codeHash), details, requestId, reason };
    if (wasDoneBefore(action)) return { Ok: null };
    requireUses(uses);
    const expiresAtMs = expiresAtNanos === undefined ? undefined : requireFuture(expiresAtNanos);
    if (!invitations.get(codeHash)) requireRoom(codeHash);
    audited(action, () => {
      const invitation = { codeHash, usesLeft: uses, createdAtMs: nowMs() };
      invitations.set(expiresAtMs === undefined ? invitation : { ...invitation, expiresAtMs });
      return { outcome: 'valid', result: undefined };
    });
    return { Ok: null };
  });
}

/** Makes a code worthless; jobs it has admitted go on. The value of Candid's `DoneResult`. */
export function revokeInvitation({ codeHash, requestId, reason }: RevokeInvitationRequest): object {
  return orInvalidRequest(() => {
    requireRequest({ requestId, reason });
    requireCodeHash(codeHash);
    const action = { verb: 'revokeInvitation', target: hex(codeHash), requestId, reason };
    if (!wasDoneBefore(action)) {
      audited(action, () => {
        const outcome = invitations.delete(codeHash) ? 'revoked' : 'there was none';
        return { outcome, result: undefined };
      });
    }
    return { Ok: null };
  });
}

/** Every invitation, without its code: the value of Candid's `InvitationsResult`. */
export function listInvitations(page: Optional<PageRequest>): object {
  return orInvalidRequest(() => {
    const { rows, nextCursor } = readPage(page, invitations.count(), invitationView);
    return { Ok: { rows, nextCursor } };
  });
}

function invitationView(place: number): object {
  const invitation = invitations.at(place);
  if (!invitation) throw new Error(`invitations: row ${place} is missing`);
  const { codeHash, usesLeft, expiresAtMs, createdAtMs } = invitation;
  const expiresAt = optional(expiresAtMs).map(nanosFromMs);
  return { codeHash, usesLeft, expiresAt, createdAt: nanosFromMs(createdAtMs) };
}

function requireCodeHash(codeHash: Uint8Array): void {
  if (codeHash.length === codeHashBytes) return;
  const rule = `must be the SHA-256 of the code, ${codeHashBytes} bytes`;
  throw new InvalidInputError('codeHash', rule, `${codeHash.length} bytes`);
}

function requireUses(uses: number): void {
  if (uses >= 1 && uses <= maximumInvitationUses) return;
  throw new InvalidInputError('uses', `must be 1 to ${maximumInvitationUses}`, uses.toString());
}

function requireFuture(expiresAtNanos: bigint): number {
  const expiresAtMs = Number(expiresAtNanos / nanosecondsPerMillisecond);
  if (expiresAtMs > nowMs()) return expiresAtMs;
  throw new InvalidInputError('expiresAt', 'must be in the future', expiresAtNanos.toString());
}

function requireRoom(codeHash: Uint8Array): void {
  if (invitations.count() < maximumInvitations) return;
  const rule = `must be one of the ${maximumInvitations} there can be: revoke another one first`;
  throw new InvalidInputError('codeHash', rule, hex(codeHash));
}
