import { Principal } from '@dfinity/principal';
import { nanosFromMs } from '../clock.ts';
import { orInvalidRequest } from '../endpoint/or-invalid-request.ts';
import { optional } from '../views/optional.ts';
import type { Optional } from '../views/optional.ts';
import { readPageBackwards } from '../views/pages.ts';
import type { PageRequest } from '../views/pages.ts';
import { auditCount, auditRow } from './audit-log.ts';

/** What was done by whom, newest first: the value of Candid's `AuditResult`. */
export function listAudit(page: Optional<PageRequest>): object {
  return orInvalidRequest(() => {
    const { rows, nextCursor } = readPageBackwards(page, auditCount(), auditRowView);
    return { Ok: { rows, nextCursor } };
  });
}

function auditRowView(sequence: number): object {
  const { atMs, actor, verb, target, details, requestId, reason, outcome } = auditRow(sequence);
  return {
    sequence: BigInt(sequence),
    at: nanosFromMs(atMs),
    actor: Principal.fromUint8Array(actor),
    verb,
    target,
    details: optional(details === '' ? undefined : details),
    requestId,
    reason,
    outcome,
  };
}
