import { IDL } from '@dfinity/candid';
import type { Principal } from '@dfinity/principal';
import type { HttpHeader } from '../http-outcall.ts';
import type { Opt } from './candid-settings.ts';
import { signature } from './signature.ts';

// HTTP outcalls: ic.did, `http_request`, and what a transform function gets and returns.

const blob = IDL.Vec(IDL.Nat8);
const header = IDL.Record({ name: IDL.Text, value: IDL.Text });
const result = IDL.Record({ status: IDL.Nat, headers: IDL.Vec(header), body: blob });
const transformArgument = IDL.Record({ response: result, context: blob });

type CandidHttpMethod =
  { get: null } | { head: null } | { post: null } | { put: null } | { delete: null } | { patch: null };

export interface HttpRequestArgument {
  url: string;
  max_response_bytes: Opt<bigint>;
  method: CandidHttpMethod;
  headers: HttpHeader[];
  body: Opt<Uint8Array>;
  transform: Opt<{ function: [Principal, string]; context: Uint8Array }>;
  is_replicated: Opt<boolean>;
  /** In the newest replica, and not in ic.did yet. */
  pricing_version: Opt<number>;
}

export interface CandidHttpResult {
  status: bigint;
  headers: readonly HttpHeader[];
  body: Uint8Array;
}

export const httpRequest = signature<HttpRequestArgument, CandidHttpResult>(
  IDL.Record({
    url: IDL.Text,
    max_response_bytes: IDL.Opt(IDL.Nat64),
    method: IDL.Variant({
      get: IDL.Null,
      head: IDL.Null,
      post: IDL.Null,
      put: IDL.Null,
      delete: IDL.Null,
      patch: IDL.Null,
    }),
    headers: IDL.Vec(header),
    body: IDL.Opt(blob),
    transform: IDL.Opt(
      IDL.Record({ function: IDL.Func([transformArgument], [result], ['query']), context: blob }),
    ),
    is_replicated: IDL.Opt(IDL.Bool),
    pricing_version: IDL.Opt(IDL.Nat32),
  }),
  result,
);

/** A transform function, as its caller sees it. */
export const transform = signature<{ response: CandidHttpResult; context: Uint8Array }, CandidHttpResult>(
  transformArgument,
  result,
);
