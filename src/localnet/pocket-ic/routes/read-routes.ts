import type { Principal } from '@dfinity/principal';
import { CallRejectedError } from '../../rejection.ts';
import type { IngressId } from '../../state.ts';
import { defaultRootKey } from '../../subnet-identity.ts';
import type { JsonValue } from '../bare-json.ts';
import type { AnsweredStatus, Instance } from '../instance.ts';
import { ProtocolError } from '../protocol-error.ts';
import { rejectResponse, resultOf } from '../reject-response.ts';
import { toBase64 } from '../request-body.ts';
import { instanceRoute, type Route } from '../route.ts';
import { callOf, ingressIdOf } from './call.ts';

/** What changes nothing. */
export const readRoutes: readonly Route[] = [
  instanceRoute('POST', '/read/query', (instance, request) => {
    const call = callOf(instance, request.body());
    return resultOf(false, () => toBase64(instance.live.query(call)));
  }),

  instanceRoute('POST', '/read/ingress_status', (instance, request) => {
    const body = request.body();
    const id = ingressIdOf(body.object('raw_message_id'));
    const answer = instance.answer(id);
    if (body.has('raw_caller')) checkCaller(instance, id, body.principal('raw_caller'));
    return answer === undefined ? null : answerOf(answer);
  }),

  instanceRoute('GET', '/read/get_time', ({ timeNanos }) => ({ nanos_since_epoch: timeNanos })),

  instanceRoute('POST', '/read/get_cycles', (instance, request) => ({
    cycles: instance.canister(request.body().principal('canister_id')).cycles,
  })),

  instanceRoute('POST', '/read/get_controllers', (instance, request) =>
    instance
      .canister(request.body().principal('canister_id'))
      .controllers.map((controller) => ({ principal_id: toBase64(controller.toUint8Array()) })),
  ),

  instanceRoute('POST', '/read/get_subnet', (instance, request) =>
    instance.hasCanister(request.body().principal('canister_id'))
      ? { subnet_id: toBase64(instance.network.subnetId.toUint8Array()) }
      : null,
  ),

  instanceRoute('POST', '/read/pub_key', ({ network }, request) => {
    const subnetId = request.body().principal('subnet_id');
    if (subnetId.toHex() === network.subnetId.toHex()) return [...defaultRootKey];
    throw new ProtocolError('SubnetNotFound', subnetId.toText());
  }),

  instanceRoute('POST', '/read/get_stable_memory', (instance, request) => {
    const { id } = instance.canisterWithCode(request.body().principal('canister_id'));
    return { blob: toBase64(instance.network.stableMemory(id)) };
  }),
];

/** Who names a caller sees only that caller's calls. @throws ProtocolError `Forbidden` */
function checkCaller({ network }: Instance, id: IngressId, caller: Principal): void {
  if (caller.toHex() === network.ingressRecord(id).sender.toHex()) return;
  throw new ProtocolError('Forbidden', '"The user tries to access Request ID not signed by the caller."');
}

/** The protocol's `RawCanisterResult` of an update call. */
export function answerOf(answer: AnsweredStatus): JsonValue {
  return answer.status === 'replied'
    ? { Ok: toBase64(answer.reply) }
    : rejectResponse(new CallRejectedError(answer), true);
}
