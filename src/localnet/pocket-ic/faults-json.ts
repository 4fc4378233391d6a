import type { Principal } from '@dfinity/principal';
import type { FaultAction, FaultMatch, FaultRule } from '../faults/fault-rules.ts';
import { rejectionOf } from '../rejection.ts';
import type { JsonValue } from './bare-json.ts';
import { badRequest } from './protocol-error.ts';
import { type RequestBody, toBase64 } from './request-body.ts';

/*
 * Fault rules as JSON: the fields of FaultMatch and FaultAction, principals in base64, instructions as bare integers.
 */

/** @throws ProtocolError when the rule is none */
export function faultMatchOf(body: RequestBody): FaultMatch {
  const nth = body.has('nth') ? Number(body.natural('nth')) : undefined;
  if (nth === 0) throw badRequest('"nth" counts from 1.');
  return {
    ...(body.has('caller') && { caller: body.principal('caller') }),
    ...(body.has('callee') && { callee: body.principal('callee') }),
    ...(body.has('method') && { method: body.text('method') }),
    ...(nth !== undefined && { nth }),
  };
}

/** @throws ProtocolError when the action is none */
export function faultActionOf(body: RequestBody): FaultAction {
  const kind = body.text('kind');
  switch (kind) {
    case 'reject':
      return { kind, rejection: rejectionFrom(body) };
    case 'dropBeforeExecution':
    case 'dropReply':
      return { kind };
    case 'applyLater':
    case 'delayReply':
      return { kind, milliseconds: Number(body.natural('milliseconds')) };
    case 'delay': {
      const place = body.has('place') ? body.text('place') : 'inputQueue';
      if (place !== 'inputQueue' && place !== 'outputQueue') {
        throw badRequest('"place" is "inputQueue" or "outputQueue".');
      }
      return { kind, milliseconds: Number(body.natural('milliseconds')), place };
    }
    case 'trap':
    case 'trapCallback':
      return { kind, message: body.text('message') };
    case 'limitInstructions':
    case 'limitCallback':
      return { kind, instructions: body.natural('instructions') };
    default:
      throw badRequest(`There is no fault "${kind}".`);
  }
}

function rejectionFrom(body: RequestBody): ReturnType<typeof rejectionOf> {
  const errorCode = body.text('error_code');
  if (!/^IC0[1-6]\d\d$/.test(errorCode)) throw badRequest('"error_code" is one of IC0100 to IC0699.');
  return rejectionOf(errorCode, body.text('reject_message'));
}

/** The rule as {@link faultMatchOf} and {@link faultActionOf} read it. */
export function faultRuleJson({ match, action }: Pick<FaultRule, 'match' | 'action'>): {
  readonly match: JsonValue;
  readonly action: JsonValue;
} {
  const { caller, callee, method, nth } = match;
  return {
    match: { caller: principalJson(caller), callee: principalJson(callee), method, nth },
    action: actionJson(action),
  };
}

function actionJson(action: FaultAction): JsonValue {
  if (action.kind !== 'reject') return { ...action };
  const { errorCode, message } = action.rejection;
  return { kind: action.kind, error_code: errorCode, reject_message: message };
}

function principalJson(principal: Principal | undefined): string | undefined {
  return principal && toBase64(principal.toUint8Array());
}
