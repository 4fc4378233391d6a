import { authenticate, type QueryResponse } from '../certification/index.ts';
import { CallRejectedError } from '../rejection.ts';
import type { ApiContext } from './api.ts';
import { type ApiResponse, cborResponse } from './api-message.ts';
import { checkAddress } from './effective-canister.ts';
import type { Scope } from './routes.ts';

/** Executes a query and signs what it came to. @throws HttpApiError */
export async function answerQuery(context: ApiContext, scope: Scope, body: Uint8Array): Promise<ApiResponse> {
  const { live, keys } = context;
  const { network } = live;
  const query = authenticate(body, {
    requestType: 'query',
    timeNanos: network.timeNanos,
    rootKeyDer: keys.rootKeyDer,
  });
  checkAddress(network, scope, query);
  const response = execute(context, query);
  // What the query has seen may come from inputs that are not safe yet.
  await live.flushed();
  const signature = keys.signQueryResponse(response, query.requestId, network.timeNanos);
  return cborResponse({ ...response, signatures: [{ ...signature }] });
}

function execute(
  { live, certificates }: ApiContext,
  { sender, senderInfo, canisterId, method, arg }: ReturnType<typeof authenticate<'query'>>,
): QueryResponse {
  try {
    const dataCertificate = (): Uint8Array => certificates.certifyData(canisterId);
    const reply = live.query({
      sender,
      senderInfo: senderInfo && { data: senderInfo.info, signer: senderInfo.signer },
      canisterId,
      method,
      arg,
      dataCertificate,
    });
    return { status: 'replied', reply: { arg: reply } };
  } catch (error) {
    if (!(error instanceof CallRejectedError)) throw error;
    return {
      status: 'rejected',
      reject_code: error.rejectCode,
      reject_message: error.rejectMessage,
      error_code: error.errorCode,
    };
  }
}
