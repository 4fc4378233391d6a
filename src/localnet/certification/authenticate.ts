import { Principal } from '@dfinity/principal';
import { equalBytes, concatBytes, domainSeparator, toHex } from './bytes.ts';
import { canisterSignatureDefect } from './canister-signature.ts';
import { type DelegatedKey, followDelegations } from './delegations.ts';
import { type Envelope, readEnvelope } from './envelope.ts';
import { readBytes, readNat64, readOptional, readPrincipal } from './fields.ts';
import { formatTime } from './format-time.ts';
import { HttpApiError } from './http-api-error.ts';
import { readPublicKey } from './public-key.ts';
import { readContent, type RequestContent, type SenderInfo } from './request-content.ts';
import { signatureDefect } from './signature.ts';

/** Source: dfinity/ic `rs/limits`, `MAX_INGRESS_TTL`. */
const maximumIngressLifetimeNanos = 300_000_000_000n;
/** How far a sender's clock may be ahead. Source: dfinity/ic `rs/limits`, `PERMITTED_DRIFT_AT_VALIDATOR`. */
const permittedClockDriftNanos = 30_000_000_000n;
/** Source: IC interface spec, 'Authentication'. */
export const maximumNonceBytes = 32;

const requestSeparator = domainSeparator('ic-request');
const senderInfoSeparator = domainSeparator('ic-sender-info');

/** What a request is judged by. */
export interface AuthenticationContext {
  /** The endpoint it came to: a content of another type is refused. */
  readonly requestType: RequestContent['requestType'];
  /** The network's time, in nanoseconds since 1970. */
  readonly timeNanos: bigint;
  /** The network's root key, for signatures of canisters. */
  readonly rootKeyDer: Uint8Array;
}

/** A request whose sender is who it says. */
export type AuthenticatedRequest<T extends RequestContent = RequestContent> = T & {
  /** 32 bytes. */
  readonly requestId: Uint8Array;
  readonly sender: Principal;
  /** Nanoseconds since 1970; the call must not begin later. */
  readonly ingressExpiryNanos: bigint;
  /** The canisters the sender's delegations allow; absent: all. */
  readonly targets: readonly Principal[] | undefined;
};

/**
 * Reads a request and verifies who sent it: signature, chain of delegations, expiry, and that the delegations allow what
 * it asks for. Whether the URL fits the content is the endpoint's to check.
 *
 * Source: IC interface spec, 'Authentication'; texts: dfinity/ic `rs/validator/src/ingress_validation.rs`.
 *
 * @param body CBOR of the envelope
 * @throws HttpApiError with the status and text to answer
 */
export function authenticate<T extends RequestContent['requestType']>(
  body: Uint8Array,
  context: AuthenticationContext & { readonly requestType: T },
): AuthenticatedRequest<Extract<RequestContent, { requestType: T }>> {
  const envelope = readEnvelope(body);
  const content = readContent(envelope.content);
  if (content.requestType !== context.requestType) {
    throw new HttpApiError(
      'WRONG_REQUEST_TYPE',
      `Request type ${content.requestType} came to the endpoint of ${context.requestType}; send it to its own.`,
    );
  }
  const sender = readPrincipal(envelope.content, 'sender');
  const ingressExpiryNanos = readNat64(envelope.content, 'ingress_expiry');
  // Anonymous queries and reads change nothing and tell nobody's secrets, so the replica takes them at any age.
  if (content.requestType === 'call' || !sender.isAnonymous())
    checkExpiry(ingressExpiryNanos, context.timeNanos);
  checkNonce(envelope);
  const key = verifySender(envelope, sender, context);
  if (content.requestType !== 'read_state') {
    checkTarget(key, content.canisterId);
    if (content.senderInfo !== undefined) checkSenderInfo(content.senderInfo, envelope, context);
  }
  if (content.requestType === 'call' && key?.queriesOnly === true) {
    throw new HttpApiError(
      'INVALID_DELEGATION',
      'Invalid delegation: it permits queries only; sign update calls with a delegation that permits all.',
    );
  }
  const request = {
    ...content,
    requestId: envelope.requestId,
    sender,
    ingressExpiryNanos,
    targets: key?.targets,
  };
  return request as AuthenticatedRequest<Extract<RequestContent, { requestType: T }>>;
}

function checkExpiry(expiryNanos: bigint, timeNanos: bigint): void {
  const latest = timeNanos + maximumIngressLifetimeNanos + permittedClockDriftNanos;
  if (expiryNanos >= timeNanos && expiryNanos <= latest) return;
  // Agents recognise this text by its beginning, and then set their clock by the network's.
  throw new HttpApiError(
    'INVALID_REQUEST_EXPIRY',
    'Invalid request expiry: Specified ingress_expiry not within expected range: ' +
      `Minimum allowed expiry: ${formatTime(timeNanos)}, ` +
      `Maximum allowed expiry: ${formatTime(latest)}, ` +
      `Provided expiry:        ${formatTime(expiryNanos)}`,
  );
}

function checkNonce({ content }: Envelope): void {
  const nonce = readOptional(content, 'nonce', readBytes);
  if (nonce === undefined || nonce.length <= maximumNonceBytes) return;
  throw new HttpApiError(
    'NONCE_TOO_BIG',
    `Nonce in request is too big: got ${nonce.length} bytes, but at most ${maximumNonceBytes} are allowed.`,
  );
}

/** @returns undefined for the anonymous sender, who signs nothing */
function verifySender(
  envelope: Envelope,
  sender: Principal,
  context: AuthenticationContext,
): DelegatedKey | undefined {
  const { senderPubkey, senderSig } = envelope;
  if (sender.isAnonymous()) {
    if (senderPubkey === undefined && senderSig === undefined && envelope.delegations.length === 0) {
      return undefined;
    }
    throw new HttpApiError('ANONYMOUS_SIGNATURE', 'Signature is not allowed for the anonymous user.');
  }
  if (senderPubkey === undefined || senderSig === undefined) {
    throw new HttpApiError('MISSING_SIGNATURE', `Missing signature from user: ${sender.toText()}`);
  }
  if (Principal.selfAuthenticating(senderPubkey).toHex() !== sender.toHex()) {
    throw new HttpApiError(
      'USER_ID_DOES_NOT_MATCH',
      `The user id '${sender.toText()}' does not match the public key '${toHex(senderPubkey)}'`,
    );
  }
  const key = followDelegations(envelope, senderPubkey, context);
  const signed = concatBytes(requestSeparator, envelope.requestId);
  const defect = signatureDefect(key.pubkey, signed, senderSig, context.rootKeyDer);
  if (defect === undefined) return key;
  throw new HttpApiError('INVALID_SIGNATURE', `Invalid signature: ${defect}`);
}

function checkTarget(key: DelegatedKey | undefined, canisterId: Principal): void {
  if (key?.targets?.some((target) => equalBytes(target.toUint8Array(), canisterId.toUint8Array())) ?? true)
    return;
  throw new HttpApiError(
    'NOT_A_DELEGATION_TARGET',
    `Canister '${canisterId.toText()}' is not one of the delegation targets.`,
  );
}

/** Source: IC interface spec, 'Request: Call': the signer is the canister of the sender's own key. */
function checkSenderInfo(
  { info, signer, sig }: SenderInfo,
  { senderPubkey }: Envelope,
  { rootKeyDer }: AuthenticationContext,
): void {
  const key = senderPubkey === undefined ? undefined : readPublicKey(senderPubkey);
  const isSigner = key?.scheme === 'canister signature' && key.canisterId.toHex() === signer.toHex();
  const defect = isSigner
    ? canisterSignatureDefect(key, concatBytes(senderInfoSeparator, info), sig, rootKeyDer)
    : 'the signer must be the canister whose signature key is sender_pubkey';
  if (defect === undefined) return;
  throw new HttpApiError('INVALID_SENDER_INFO', `Invalid sender info: ${defect}`);
}
