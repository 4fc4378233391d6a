import type { Principal } from '@dfinity/principal';
import { isManagementCanister } from '../../canister-ids.ts';
import type { UpdateCall } from '../../ingress.ts';
import type { CallerInfo, IngressId } from '../../state.ts';
import type { JsonValue } from '../bare-json.ts';
import type { Instance } from '../instance.ts';
import { badRequest, ProtocolError } from '../protocol-error.ts';
import { RequestBody, toBase64 } from '../request-body.ts';

/**
 * Reads the body of a query or update call. Who calls is believed: nothing is signed.
 *
 * @throws ProtocolError `BadIngressMessage` when the call belongs to no subnet of the instance
 */
export function callOf(instance: Instance, body: RequestBody): UpdateCall {
  const canisterId = body.principal('canister_id');
  const effectiveCanisterId = route(instance, canisterId, body);
  return {
    sender: body.principal('sender'),
    canisterId,
    method: body.text('method'),
    arg: body.bytes('payload'),
    ...(body.has('sender_info') && { senderInfo: senderInfoOf(body.object('sender_info')) }),
    // Only a call of the management canister needs it; that of any other is addressed to the canister itself.
    ...(effectiveCanisterId !== undefined && isManagementCanister(canisterId) && { effectiveCanisterId }),
  };
}

/** What a canister attests about the sender; believed like the sender itself. */
function senderInfoOf(body: RequestBody): CallerInfo {
  return { data: body.bytes('info'), signer: body.principal('signer') };
}

/** @returns the effective canister id, if the request names one */
function route(instance: Instance, canisterId: Principal, body: RequestBody): Principal | undefined {
  const effective = body.optional('effective_principal') ?? 'None';
  if (effective === 'None') {
    requireHosted(instance, canisterId);
    return undefined;
  }
  const variant = new RequestBody(effective);
  if (variant.has('SubnetId')) {
    const subnetId = variant.principal('SubnetId');
    if (subnetId.toHex() === instance.network.subnetId.toHex()) return undefined;
    throw new ProtocolError('BadIngressMessage', `"There is no subnet ${subnetId.toText()}."`);
  }
  if (!variant.has('CanisterId')) {
    throw badRequest('"effective_principal" is "None", {"SubnetId": …} or {"CanisterId": …}.');
  }
  const effectiveCanisterId = variant.principal('CanisterId');
  requireHosted(instance, effectiveCanisterId);
  return effectiveCanisterId;
}

function requireHosted(instance: Instance, id: Principal): void {
  if (instance.routes(id)) return;
  throw new ProtocolError('BadIngressMessage', `"Canister ${id.toText()} belongs to no subnet."`);
}

const messageIdBytes = 32;

/** The protocol's `RawMessageId`; 32 bytes as in the original, of which the last eight count. */
export function messageIdOf(instance: Instance, id: IngressId): JsonValue {
  const bytes = new Uint8Array(messageIdBytes);
  new DataView(bytes.buffer).setBigUint64(messageIdBytes - BigUint64Array.BYTES_PER_ELEMENT, BigInt(id));
  return {
    effective_principal: { SubnetId: toBase64(instance.network.subnetId.toUint8Array()) },
    message_id: toBase64(bytes),
  };
}

/** Reads a `RawMessageId`. */
export function ingressIdOf(body: RequestBody): IngressId {
  const bytes = body.bytes('message_id');
  if (bytes.length !== messageIdBytes) throw badRequest(`A message id has ${messageIdBytes} bytes.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return Number(view.getBigUint64(messageIdBytes - BigUint64Array.BYTES_PER_ELEMENT));
}
