import { InvalidInputError } from '../endpoint/invalid-input-error.ts';
import { defaultPageRows, maximumPageRows } from '../limits.ts';
import { optional } from './optional.ts';
import type { Optional } from './optional.ts';

/** Candid's `Page`. */
export interface PageRequest {
  readonly cursor: Optional<string>;
  readonly limit: Optional<number>;
}

/**
 * A page of a list that only grows: the cursor is the index of the next row, so rows never shift under a reader.
 *
 * @param request the page asked for, if any
 * @param count rows there are
 * @param rowAt the row at an index below `count`
 * @throws InvalidInputError when the cursor is not one of ours or the limit is out of range
 */
export function readPage<Row>(
  [request]: Optional<PageRequest>,
  count: number,
  rowAt: (index: number) => Row,
): { rows: Row[]; nextCursor: Optional<string> } {
  const start = parseCursor(request?.cursor[0]);
  const limit = request?.limit[0] ?? defaultPageRows;
  if (limit < 1 || limit > maximumPageRows) {
    throw new InvalidInputError('limit', `must be 1 to ${maximumPageRows}`, limit.toString());
  }
  const end = Math.min(start + limit, count);
  const rows = Array.from({ length: Math.max(0, end - start) }, (_, offset) => rowAt(start + offset));
  return { rows, nextCursor: optional(end < count ? end.toString() : undefined) };
}

function parseCursor(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  if (!/^[0-9]{1,10}$/.test(cursor)) {
    throw new InvalidInputError('cursor', 'must be the nextCursor of an earlier page', cursor.slice(0, 64));
  }
  return Number(cursor);
}
