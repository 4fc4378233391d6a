import { IDL } from '@dfinity/candid';
import { decodeCandid } from '../decode-candid.ts';

/** The Candid signature of one management method: how its one argument and its one result are written as bytes. */
export interface Signature<Argument, Result> {
  readonly encodeArgument: (argument: Argument) => Uint8Array;
  /** Throws an `Error` when the bytes are not a Candid message of this type. */
  readonly decodeArgument: (bytes: Uint8Array) => Argument;
  readonly encodeResult: (result: Result) => Uint8Array;
  readonly decodeResult: (bytes: Uint8Array) => Result;
}

/** The type of an absent argument or result: `()` in Candid. */
export type Nothing = undefined;

/**
 * Makes a signature from Candid types. The TypeScript types are the caller's promise that they mirror the Candid
 * types: Candid itself checks the shape of every value when it encodes and decodes.
 */
export function signature<Argument, Result>(
  argument: IDL.Type | undefined,
  result: IDL.Type | undefined,
): Signature<Argument, Result> {
  const side = <T>(type: IDL.Type | undefined) => ({
    encode: (value: T): Uint8Array => (type === undefined ? IDL.encode([], []) : IDL.encode([type], [value])),
    // Decoding without types still checks the header, so that garbage sent to raw_rand is refused.
    decode: (bytes: Uint8Array): T => decodeCandid(type === undefined ? [] : [type], bytes)[0] as T,
  });
  const argumentSide = side<Argument>(argument);
  const resultSide = side<Result>(result);
  return {
    encodeArgument: argumentSide.encode,
    decodeArgument: argumentSide.decode,
    encodeResult: resultSide.encode,
    decodeResult: resultSide.decode,
  };
}
