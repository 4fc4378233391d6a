import { IDL, msgArgData, msgReject, msgReply } from 'azle';
import { maximumArgumentBytes } from '../limits.ts';
import { callerHasRole } from '../operators/roles.ts';
import type { Role } from '../operators/roles.ts';
import { requireBoundedDecoding } from './bounded-decoding.ts';
import { InvalidInputError } from './invalid-input-error.ts';
import { UnreadableJobError } from './unreadable-job-error.ts';

/**
 * Runs one endpoint: decodes the argument, calls `handler`, encodes its result. Endpoints are `manual`, so that an
 * argument which is not Candid, or breaks a rule, is answered with a reject that says so; azle would trap with a
 * stack trace.
 *
 * @param parameters Candid types of the argument list
 * @param encodeResult encodes the result, as a list of one
 * @param handler must throw InvalidInputError for bad input, UnreadableJobError for a job, and nothing else
 * @param maximumBytes longest argument; decoding costs instructions that the canister pays for
 */
export function answer(
  parameters: IDL.Type[],
  encodeResult: (values: readonly unknown[]) => Uint8Array,
  handler: (...args: never[]) => unknown,
  maximumBytes = maximumArgumentBytes,
): void {
  try {
    const args = decodeArguments(parameters, msgArgData(), maximumBytes) as never[];
    msgReply(encodeResult([handler(...args)]));
  } catch (error) {
    if (!(error instanceof InvalidInputError) && !(error instanceof UnreadableJobError)) throw error;
    msgReject(error.message);
  }
}

/**
 * An endpoint for those who have a role; the rest as {@link answer}. Others are answered `NotAuthorized`, which every
 * operators' result has, before their argument costs anything.
 *
 * @param role the least role that may call it
 */
export function answerRole(
  role: Role,
  parameters: IDL.Type[],
  encodeResult: (values: readonly unknown[]) => Uint8Array,
  handler: (...args: never[]) => unknown,
  maximumBytes = maximumArgumentBytes,
): void {
  if (callerHasRole(role)) answer(parameters, encodeResult, handler, maximumBytes);
  else msgReply(encodeResult([{ Err: { NotAuthorized: null } }]));
}

/**
 * @throws InvalidInputError when the bytes are too many or not Candid of these types
 */
export function decodeArguments(parameters: IDL.Type[], bytes: Uint8Array, maximumBytes: number): unknown[] {
  if (bytes.length > maximumBytes) {
    throw new InvalidInputError('argument', `must be at most ${maximumBytes} bytes`, `${bytes.length} bytes`);
  }
  if (isEmptyArgumentList(bytes) && parameters.every((parameter) => parameter instanceof IDL.OptClass)) {
    return parameters.map(() => []);
  }
  requireBoundedDecoding(bytes);
  try {
    return IDL.decode(parameters, bytes);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new InvalidInputError('argument', 'must be Candid of the documented types', text.slice(0, 200));
  }
}

/** `()` in Candid: the magic, no types, no values. The Candid library refuses it where optional arguments are expected. */
function isEmptyArgumentList(bytes: Uint8Array): boolean {
  const empty = [0x44, 0x49, 0x44, 0x4c, 0, 0];
  return bytes.length === empty.length && empty.every((byte, index) => bytes[index] === byte);
}
