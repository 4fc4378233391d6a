import type { Principal } from '@dfinity/principal';
import type { CborMap, CborValue } from './cbor.ts';
import { malformed, readArray, readBytes, readMap, readOptional, readPrincipal, readText } from './fields.ts';
import { HttpApiError } from './http-api-error.ts';

/** Source: IC interface spec, 'Request: Read state'. */
export const maximumPaths = 1000;
/** Source: IC interface spec, 'Request: Read state'. */
export const maximumPathLabels = 127;

/** What a request wants, by its `request_type`. */
export type RequestContent = CallContent | QueryContent | ReadStateContent;

interface MethodCall {
  /** Whom the request calls; `aaaaa-aa` for the management canister. */
  readonly canisterId: Principal;
  readonly method: string;
  /** Candid-encoded. */
  readonly arg: Uint8Array;
  /** What a canister attests about the sender, to be verified. */
  readonly senderInfo: SenderInfo | undefined;
}

export interface CallContent extends MethodCall {
  readonly requestType: 'call';
}

export interface QueryContent extends MethodCall {
  readonly requestType: 'query';
}

export interface ReadStateContent {
  readonly requestType: 'read_state';
  readonly paths: readonly (readonly Uint8Array[])[];
}

/** Source: IC interface spec, 'Request: Call', `sender_info`. */
export interface SenderInfo {
  readonly info: Uint8Array;
  readonly signer: Principal;
  readonly sig: Uint8Array;
}

/** @throws HttpApiError MALFORMED_REQUEST, TOO_MANY_PATHS, PATH_TOO_LONG */
export function readContent(content: CborMap): RequestContent {
  const requestType = readText(content, 'request_type');
  switch (requestType) {
    case 'call':
    case 'query':
      return {
        requestType,
        canisterId: readPrincipal(content, 'canister_id'),
        method: readText(content, 'method_name'),
        arg: readBytes(content, 'arg'),
        senderInfo: readOptional(content, 'sender_info', readSenderInfo),
      };
    case 'read_state':
      return { requestType, paths: readPaths(content) };
    default:
      throw malformed('field request_type must be call, query or read_state');
  }
}

function readSenderInfo(map: CborMap, field: string): SenderInfo {
  const info = readMap(map.get(field), `field ${field}`);
  return {
    info: readBytes(info, 'info'),
    signer: readPrincipal(info, 'signer'),
    sig: readBytes(info, 'sig'),
  };
}

function readPaths(content: CborMap): Uint8Array[][] {
  const paths = readArray(content, 'paths');
  if (paths.length > maximumPaths) {
    throw new HttpApiError(
      'TOO_MANY_PATHS',
      `Too many paths in read state request: got ${paths.length} paths, but at most ${maximumPaths} are allowed.`,
    );
  }
  return paths.map(readPath);
}

function readPath(path: CborValue): Uint8Array[] {
  if (!Array.isArray(path)) throw malformed('a path must be an array of byte strings');
  if (path.length > maximumPathLabels) {
    throw new HttpApiError(
      'PATH_TOO_LONG',
      `At least one path in read state request is too deep: got ${path.length} labels, but at most ${maximumPathLabels} are allowed.`,
    );
  }
  return path.map((label: CborValue) => {
    if (!(label instanceof Uint8Array)) throw malformed('a path must be an array of byte strings');
    return label;
  });
}
