import { msgCaller } from 'azle';
import { nowMs } from '../clock.ts';
import { InvalidInputError } from '../endpoint/invalid-input-error.ts';
import { requireText } from '../endpoint/validate.ts';
import { maximumActionTextBytes } from '../limits.ts';
import { appendAuditRow, auditRowOfRequest, writeAuditRow } from './audit-log.ts';

/** What somebody asks for, as the audit log names it. */
export interface AuditedRequest {
  /** The method's name. */
  readonly verb: string;
  /** What it is done to: `job 7`, a principal, `queue` … */
  readonly target: string;
  /** What else was asked for; a request repeated with other details is another request. */
  readonly details?: string;
  readonly requestId: string;
  readonly reason: string;
}

/** @throws InvalidInputError when the request id or the reason is empty or too long */
export function requireRequest({ requestId, reason }: { requestId: string; reason: string }): void {
  requireText('requestId', requestId, maximumActionTextBytes);
  requireText('reason', reason, maximumActionTextBytes);
}

/**
 * Whether the caller asked for exactly this before, and it was done: then it must not be done again.
 *
 * @throws InvalidInputError when the caller used the request id for something else
 */
export function wasDoneBefore({ verb, target, details = '', requestId }: AuditedRequest): boolean {
  const row = auditRowOfRequest(msgCaller().toUint8Array(), requestId);
  if (!row) return false;
  if (row.verb === verb && row.target === target && row.details === details) return true;
  const rule = `must be new: you used it for ${row.verb} of ${row.target}, audit row ${row.sequence}`;
  throw new InvalidInputError('requestId', rule, requestId.slice(0, 64));
}

/**
 * Does what the caller asks for, with its audit row: the row is written first, and completed with the outcome. Both
 * commit with this message, or neither does.
 *
 * @param effect does it; answers the outcome in a few words and what the caller wants to know
 */
export function audited<Result>(
  { verb, target, details = '', requestId, reason }: AuditedRequest,
  effect: () => { outcome: string; result: Result },
): Result {
  const actor = msgCaller().toUint8Array();
  const row = appendAuditRow({
    atMs: nowMs(),
    actor,
    verb,
    target,
    details,
    requestId,
    reason,
    outcome: 'begun',
  });
  const { outcome, result } = effect();
  writeAuditRow({ ...row, outcome });
  return result;
}
