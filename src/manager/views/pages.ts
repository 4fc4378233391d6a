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
  const rows: Row[] = [];
  let index = start;
  for (; index < count && rows.length < limit; index += 1) {
    if (rows.length > 0 && performanceCounter(0) > pageInstructions) break;
    rows.push(rowAt(index));
  }
  return { rows, nextCursor: optional(index < count ? index.toString() : undefined) };
}

function parseCursor(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  if (!/^[0-9]{1,10}$/.test(cursor)) {
    throw new InvalidInputError('cursor', 'must be the nextCursor of an earlier page', cursor.slice(0, 64));
  }
  return Number(cursor);
}
