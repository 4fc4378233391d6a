import { performanceCounter } from 'azle';
import { InvalidInputError } from '../endpoint/invalid-input-error.ts';
import { defaultPageRows, maximumPageRows, pageInstructions } from '../limits.ts';
import { optional } from './optional.ts';
import type { Optional } from './optional.ts';

/** Candid's `Page`. */
export interface PageRequest {
  readonly cursor: Optional<string>;
  readonly limit: Optional<number>;
}

/**
 * A page of a list that only grows: the cursor is the index of the next row, so rows never shift under a reader. It may
 * end before the rows asked for when they are dear to show.
 *
 * @param request the page asked for, if any
 * @param count rows there are
 * @param rowAt the row at an index below `count`
 * @param first index of the first row there still is
 * @throws InvalidInputError when the cursor is not one of ours or the limit is out of range
 */
export function readPage<Row>(
  [request]: Optional<PageRequest>,
  count: number,
  rowAt: (index: number) => Row,
  first = 0,
): { rows: Row[]; nextCursor: Optional<string> } {
  const limit = parseLimit(request?.limit[0]);
  const rows: Row[] = [];
  let index = Math.max(parseCursor(request?.cursor[0]) ?? first, first);
  for (; index < count && rows.length < limit; index += 1) {
    if (rows.length > 0 && performanceCounter(0) > pageInstructions) break;
    rows.push(rowAt(index));
  }
  return { rows, nextCursor: optional(index < count ? index.toString() : undefined) };
}

/**
 * A page of a list that only grows, newest first: the cursor is the number of the next row, counted from 1 for the
 * oldest. It may end before the rows asked for when they are dear to read, or few of many match.
 *
 * @param request the page asked for, if any
 * @param count rows there are; the number of the newest
 * @param rowAt the row with a number, or undefined to leave it out
 * @throws InvalidInputError when the cursor is not one of ours or the limit is out of range
 */
export function readPageBackwards<Row>(
  [request]: Optional<PageRequest>,
  count: number,
  rowAt: (number: number) => Row | undefined,
): { rows: Row[]; nextCursor: Optional<string> } {
  const limit = parseLimit(request?.limit[0]);
  const rows: Row[] = [];
  const first = Math.min(parseCursor(request?.cursor[0]) ?? count, count);
  let number = first;
  for (; number > 0 && rows.length < limit; number -= 1) {
    if (number < first && performanceCounter(0) > pageInstructions) break;
    const row = rowAt(number);
    if (row !== undefined) rows.push(row);
  }
  return { rows, nextCursor: optional(number > 0 ? number.toString() : undefined) };
}

function parseLimit(limit = defaultPageRows): number {
  if (limit < 1 || limit > maximumPageRows) {
    throw new InvalidInputError('limit', `must be 1 to ${maximumPageRows}`, limit.toString());
  }
  return limit;
}

function parseCursor(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  if (!/^[0-9]{1,10}$/.test(cursor)) {
    throw new InvalidInputError('cursor', 'must be the nextCursor of an earlier page', cursor.slice(0, 64));
  }
  return Number(cursor);
}
