import {
  CertifiedRejectErrorCode,
  type HttpAgent,
  RejectError,
  UncertifiedRejectErrorCode,
  UncertifiedRejectUpdateErrorCode,
} from '@icp-sdk/core/agent';
import { type CallTransport, CallRejectedError } from '../client/index.ts';

/**
 * Reaches any network through an agent, as the agent's identity: requests are signed, and what is answered is
 * believed only with a certificate (updates) or a node's signature (queries).
 */
export function agentTransport(agent: HttpAgent): CallTransport {
  return {
    update: async (canisterId, methodName, arg, effectiveCanisterId = canisterId) => {
      try {
        const { reply } = await agent.update(canisterId.toText(), {
          methodName,
          arg,
          effectiveTarget: { canisterId: effectiveCanisterId.toText() },
        });
        return reply;
      } catch (error) {
        throw asRejection(error);
      }
    },
    query: async (canisterId, methodName, arg) => {
      const response = await agent.query(canisterId.toText(), { methodName, arg });
      if ('reply' in response) return response.reply.arg;
      throw new CallRejectedError(response.reject_code, response.error_code, response.reject_message);
    },
  };
}

/** The client's own error for a reject; anything else passes through as it is. */
function asRejection(error: unknown): unknown {
  if (!(error instanceof RejectError)) return error;
  const { code } = error;
  const isReject =
    code instanceof CertifiedRejectErrorCode ||
    code instanceof UncertifiedRejectErrorCode ||
    code instanceof UncertifiedRejectUpdateErrorCode;
  if (!isReject) return error;
  return new CallRejectedError(code.rejectCode, code.rejectErrorCode ?? '', code.rejectMessage);
}
