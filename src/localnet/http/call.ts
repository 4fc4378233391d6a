import { authenticate } from '../certification/index.ts';
import { CallRejectedError } from '../rejection.ts';
import type { IngressId } from '../state.ts';
import type { ApiContext } from './api.ts';
import { type ApiResponse, cborResponse, emptyResponse } from './api-message.ts';
import { checkAddress } from './effective-canister.ts';
import type { Scope } from './routes.ts';

/**
 * Accepts an update call, and when it is a synchronous one waits for its answer. A call that was submitted before is
 * not executed again: it is answered like the first time.
 *
 * @throws HttpApiError
 */
export async function answerCall(
  { live, keys, answers, answerTimeoutMs }: ApiContext,
  scope: Scope,
  isSynchronous: boolean,
  body: Uint8Array,
): Promise<ApiResponse> {
  const { network } = live;
  const call = authenticate(body, {
    requestType: 'call',
    timeNanos: network.timeNanos,
    rootKeyDer: keys.rootKeyDer,
  });
  const { requestId, sender, senderInfo, canisterId, method, arg } = call;
  const effectiveCanisterId = checkAddress(network, scope, call);
  let id: IngressId;
  try {
    id = live.submit({
      sender,
      senderInfo: senderInfo && { data: senderInfo.info, signer: senderInfo.signer },
      canisterId,
      method,
      arg,
      effectiveCanisterId,
      requestId,
      expiryNanos: call.ingressExpiryNanos,
    });
  } catch (error) {
    await live.flushed();
    if (error instanceof CallRejectedError) return refused(error);
    throw error;
  }
  if (!isSynchronous) {
    await live.flushed();
    return emptyResponse(202);
  }
  const status = await live.answered(id, answerTimeoutMs);
  if (status === undefined) {
    await live.flushed();
    return emptyResponse(202);
  }
  const certificate = await answers.certify([new TextEncoder().encode('request_status'), requestId]);
  return cborResponse({ status: 'replied', certificate });
}

/** Source: IC interface spec, 'Request: Synchronous Call', `non_replicated_rejection`. */
function refused({ rejectCode, errorCode, rejectMessage }: CallRejectedError): ApiResponse {
  return cborResponse({
    status: 'non_replicated_rejection',
    reject_code: rejectCode,
    reject_message: rejectMessage,
    error_code: errorCode,
  });
}
