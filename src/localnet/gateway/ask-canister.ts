import { randomBytes } from 'node:crypto';
import { Principal } from '@dfinity/principal';
import type { LiveNetwork } from '../live/index.ts';
import { CallRejectedError, type Rejection } from '../rejection.ts';
import type { DataCertificates } from './data-certificates.ts';
import { GatewayError } from './gateway-error.ts';
import {
  decodeHttpReply,
  decodeStreamReply,
  encodeQueryRequest,
  encodeToken,
  encodeUpdateRequest,
  type HttpReply,
  UndecodableReplyError,
} from './http-interface.ts';
import type { GatewayRequest, GatewayResponse } from './http-message.ts';
import { maximumResponseBytes, maximumResponseParts } from './limits.ts';

const requestIdBytes = 32;

/** What is needed to ask canisters. */
export interface AskingContext {
  readonly live: LiveNetwork;
  readonly certificates: DataCertificates;
  readonly answerTimeoutMs: number;
}

/** A canister's response, its body complete. */
export interface CanisterAnswer {
  readonly response: GatewayResponse;
  /** It came from an update call, so that all nodes of a subnet would have agreed on it. */
  readonly isReplicated: boolean;
}

/**
 * Asks a canister's `http_request`, and if it wishes so `http_request_update`, and collects a streamed body.
 *
 * @param gone when the client has gone, and nothing more needs to be asked
 * @throws GatewayError
 */
export async function askCanister(
  context: AskingContext,
  canisterId: Principal,
  request: GatewayRequest,
  gone: AbortSignal,
): Promise<CanisterAnswer> {
  try {
    requireClient(gone);
    const asked = decodeHttpReply(query(context, canisterId, 'http_request', encodeQueryRequest(request)));
    const reply = asked.upgrade ? await askAgain(context, canisterId, request) : asked;
    const answer = {
      response: await complete(context, canisterId, reply, gone),
      isReplicated: asked.upgrade,
    };
    // What a query has seen may come from inputs that are not safe yet.
    await context.live.flushed();
    return answer;
  } catch (error) {
    if (error instanceof CallRejectedError) throw rejected(error);
    if (error instanceof UndecodableReplyError) {
      throw new GatewayError(
        'INVALID_RESPONSE',
        `The canister's answer is not of the type that the HTTP gateway protocol says: ${error.message}`,
      );
    }
    throw error;
  }
}

function query(
  { live, certificates }: AskingContext,
  canisterId: Principal,
  method: string,
  arg: Uint8Array,
) {
  const dataCertificate = (): Uint8Array => certificates.certify(canisterId);
  return live.query({ sender: Principal.anonymous(), canisterId, method, arg, dataCertificate });
}

async function askAgain(
  { live, answerTimeoutMs }: AskingContext,
  canisterId: Principal,
  request: GatewayRequest,
): Promise<HttpReply> {
  const id = live.submit({
    sender: Principal.anonymous(),
    canisterId,
    method: 'http_request_update',
    arg: encodeUpdateRequest(request),
    // Without an id of its own the network would remember the call for ever.
    requestId: randomBytes(requestIdBytes),
  });
  const status = await live.answered(id, answerTimeoutMs);
  if (status?.status === 'replied') return decodeHttpReply(status.reply);
  if (status?.status === 'rejected') throw rejected({ ...status, rejectMessage: status.message });
  throw new GatewayError(
    'NO_ANSWER',
    `The canister has not answered the update call within ${answerTimeoutMs} ms; it may still execute it.`,
  );
}

function requireClient(gone: AbortSignal): void {
  if (gone.aborted) throw new GatewayError('CLIENT_GONE', 'The client went away before it had its answer.');
}

/** Appends what the callbacks give until there is no further token. */
async function complete(
  context: AskingContext,
  canisterId: Principal,
  { response, stream }: HttpReply,
  gone: AbortSignal,
): Promise<GatewayResponse> {
  if (stream === undefined) return response;
  if (stream.canisterId.compareTo(canisterId) !== 'eq') {
    throw new GatewayError('INVALID_RESPONSE', 'The streaming callback is a method of another canister.');
  }
  const parts = [response.body];
  let bytes = response.body.length;
  let token: typeof stream.token | undefined = stream.token;
  for (let calls = 0; token !== undefined; calls += 1) {
    if (calls === maximumResponseParts || bytes > maximumResponseBytes) {
      throw new GatewayError(
        'RESPONSE_TOO_LARGE',
        `The body is longer than ${maximumResponseParts} parts or ${maximumResponseBytes} bytes.`,
      );
    }
    // Every part is a query that blocks; others get their turn between two.
    await new Promise(setImmediate);
    requireClient(gone);
    const part = decodeStreamReply(query(context, canisterId, stream.method, encodeToken(token)));
    parts.push(part.body);
    bytes += part.body.length;
    token = part.token;
  }
  return { ...response, body: new Uint8Array(Buffer.concat(parts)) };
}

/** Reject code 3: there is no such canister. */
const destinationInvalid = 3;

function rejected({
  rejectCode,
  errorCode,
  rejectMessage,
}: Omit<Rejection, 'message'> & { rejectMessage: string }): GatewayError {
  return new GatewayError(
    rejectCode === destinationInvalid ? 'CANISTER_NOT_FOUND' : 'CANISTER_REJECTED',
    `Replica Error: reject code ${rejectCode}, message ${rejectMessage}, error code ${errorCode}`,
  );
}
