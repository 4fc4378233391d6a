import { Principal } from '@dfinity/principal';
import { BinaryWriter } from '../../saga/index.ts';
import { nanosFromMs, nowMs } from '../clock.ts';
import { InvalidInputError } from '../endpoint/invalid-input-error.ts';
import { orInvalidRequest } from '../endpoint/or-invalid-request.ts';
import { maximumAllowedCallers } from '../limits.ts';
import { audited, requireRequest, wasDoneBefore } from '../operators/audited.ts';
import { ListedRows } from '../storage/listed-rows.ts';
import { records } from '../storage/memory.ts';
import type { Optional } from '../views/optional.ts';
import { readPage } from '../views/pages.ts';
import type { PageRequest } from '../views/pages.ts';
import { versionedReader } from '../storage/versioned-reader.ts';

const schemaVersion = 1;
const allowed = new ListedRows(records, 'allowedCaller');

/** Candid's `AllowedCallerRequest`. */
export interface AllowedCallerRequest {
  readonly caller: Principal;
  readonly requestId: string;
  readonly reason: string;
}

/** Whether the caller is on the list that the policy `allowList` admits. */
export function isAllowed(caller: Uint8Array): boolean {
  return allowed.get(caller) !== undefined;
}

/** Puts a caller on the list; the value of Candid's `DoneResult`. */
export function allowCaller(request: AllowedCallerRequest): object {
  return change('allowCaller', request, requireRoom, (caller) => {
    if (isAllowed(caller)) return 'was on the list already';
    allowed.set(caller, new BinaryWriter().u8(schemaVersion).timeMs(nowMs()).finish());
    return 'on the list';
  });
}

/** Takes a caller off the list; open jobs go on. The value of Candid's `DoneResult`. */
export function disallowCaller(request: AllowedCallerRequest): object {
  return change('disallowCaller', request, nothingElse, (caller) =>
    allowed.delete(caller) ? 'off the list' : 'was not on the list',
  );
}

/** Everybody on the list: the value of Candid's `AllowedCallersResult`. */
export function listAllowedCallers(page: Optional<PageRequest>): object {
  return orInvalidRequest(() => {
    const { rows, nextCursor } = readPage(page, allowed.count(), allowedCallerView);
    return { Ok: { rows, nextCursor } };
  });
}

function change(
  verb: string,
  { caller, requestId, reason }: AllowedCallerRequest,
  requirement: (caller: Principal) => void,
  effect: (caller: Uint8Array) => string,
): object {
  return orInvalidRequest(() => {
    requireRequest({ requestId, reason });
    const action = { verb, target: caller.toText(), requestId, reason };
    if (!wasDoneBefore(action)) {
      requirement(caller);
      audited(action, () => ({ outcome: effect(caller.toUint8Array()), result: undefined }));
    }
    return { Ok: null };
  });
}

function requireRoom(caller: Principal): void {
  if (allowed.count() < maximumAllowedCallers || isAllowed(caller.toUint8Array())) return;
  const rule = `must be one of the ${maximumAllowedCallers} there can be: take another one off first`;
  throw new InvalidInputError('caller', rule, caller.toText());
}

function nothingElse(): void {
  // Taking somebody off the list is always possible.
}

function allowedCallerView(place: number): object {
  const row = allowed.at(place);
  if (!row) throw new Error(`allow-list: row ${place} is missing`);
  const reader = versionedReader('allow-list', row.value, schemaVersion);
  return { caller: Principal.fromUint8Array(row.id), since: nanosFromMs(reader.timeMs()) };
}
