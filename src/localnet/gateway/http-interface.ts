import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';
import { decodeCandid } from '../decode-candid.ts';
import type { GatewayRequest, GatewayResponse, Header } from './http-message.ts';

/* The Candid side. Source: HTTP gateway protocol specification, "Canister HTTP Interface". */

/** A reply is not of the type that the gateway protocol says. */
export class UndecodableReplyError extends Error {
  override readonly name = 'UndecodableReplyError';
  readonly code = 'UNDECODABLE_REPLY';
}

/** Where the rest of a body comes from. Its type is the canister's own: it is passed back as it came. */
export interface StreamToken {
  readonly type: IDL.Type;
  readonly value: unknown;
}

/** A canister's answer with what it asks the gateway to do next. */
export interface HttpReply {
  readonly response: GatewayResponse;
  /** Ask again with an update call, and forget this response. */
  readonly upgrade: boolean;
  readonly stream:
    { readonly canisterId: Principal; readonly method: string; readonly token: StreamToken } | undefined;
}

/** The version of response verification that the gateway asks for. */
const certificateVersion = 2;

const header = IDL.Tuple(IDL.Text, IDL.Text);
const blob = IDL.Vec(IDL.Nat8);
const requestFields = { method: IDL.Text, url: IDL.Text, headers: IDL.Vec(header), body: blob };
const queryRequest = IDL.Record({ ...requestFields, certificate_version: IDL.Opt(IDL.Nat16) });
const updateRequest = IDL.Record(requestFields);
const httpResponse = IDL.Record({
  status_code: IDL.Nat16,
  headers: IDL.Vec(header),
  body: blob,
  upgrade: IDL.Opt(IDL.Bool),
  streaming_strategy: IDL.Opt(
    IDL.Variant({ Callback: IDL.Record({ callback: IDL.Unknown, token: IDL.Unknown }) }),
  ),
});
/** Asset canisters answer `opt record`, the specification says `record`; an option takes both. */
const streamReply = IDL.Opt(IDL.Record({ body: blob, token: IDL.Opt(IDL.Unknown) }));

interface DecodedResponse {
  readonly status_code: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
  readonly upgrade: [] | [boolean];
  readonly streaming_strategy: [] | [{ Callback: { callback: unknown; token: UnknownValue } }];
}

/** What the Candid library makes of a value whose type it learned from the message. */
interface UnknownValue {
  type(): IDL.Type;
}

interface DecodedPart {
  readonly body: Uint8Array;
  readonly token: [] | [UnknownValue];
}

/** The argument of `http_request`. */
export function encodeQueryRequest(request: GatewayRequest): Uint8Array {
  return new Uint8Array(
    IDL.encode([queryRequest], [{ ...request, certificate_version: [certificateVersion] }]),
  );
}

/** The argument of `http_request_update`. */
export function encodeUpdateRequest(request: GatewayRequest): Uint8Array {
  return new Uint8Array(IDL.encode([updateRequest], [request]));
}

/** The argument of a streaming callback. */
export function encodeToken({ type, value }: StreamToken): Uint8Array {
  return new Uint8Array(IDL.encode([type], [value]));
}

/** @throws UndecodableReplyError */
export function decodeHttpReply(reply: Uint8Array): HttpReply {
  const decoded = decodeAs(httpResponse, reply) as DecodedResponse;
  const [strategy] = decoded.streaming_strategy;
  return {
    response: {
      status: decoded.status_code,
      headers: decoded.headers.map(([name, value]): Header => [name.toLowerCase(), value]),
      body: Uint8Array.from(decoded.body),
    },
    upgrade: decoded.upgrade[0] === true,
    stream: strategy && {
      ...methodOf(strategy.Callback.callback),
      token: tokenOf(strategy.Callback.token),
    },
  };
}

/** The canister says what type its callback has, so it can be anything. @throws UndecodableReplyError */
function methodOf(callback: unknown): { canisterId: Principal; method: string } {
  const [canisterId, method] = Array.isArray(callback) ? (callback as unknown[]) : [];
  if (canisterId instanceof Principal && typeof method === 'string') return { canisterId, method };
  throw new UndecodableReplyError('The streaming callback is not a function.');
}

/** @returns a further part of the body, and the token of the next one; @throws UndecodableReplyError */
export function decodeStreamReply(reply: Uint8Array): { body: Uint8Array; token: StreamToken | undefined } {
  const [part] = decodeAs(streamReply, reply) as [] | [DecodedPart];
  if (part === undefined) throw new UndecodableReplyError('The streaming callback answered with nothing.');
  return {
    body: Uint8Array.from(part.body),
    token: part.token[0] === undefined ? undefined : tokenOf(part.token[0]),
  };
}

function tokenOf(value: UnknownValue): StreamToken {
  // Numbers, texts and the like come boxed, so that they can carry their type.
  const unboxed: unknown = value.valueOf();
  return { type: value.type(), value: unboxed };
}

function decodeAs(type: IDL.Type, reply: Uint8Array): unknown {
  try {
    return decodeCandid([type], reply)[0];
  } catch (error) {
    throw new UndecodableReplyError(error instanceof Error ? error.message : String(error));
  }
}
