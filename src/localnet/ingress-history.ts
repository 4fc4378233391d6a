import { nanosPerSecond } from './limits.ts';
import { type Rejection, rejectionOf } from './rejection.ts';
import type { IngressId, IngressRecord, NetworkState } from './state.ts';

/*
 * Update calls that came with a request id, over the HTTP interface, are known by it until nobody can need them any
 * more: a request must be found again for as long as it could be submitted again, or it would be executed twice.
 */

/** How long an answer can be read, and a request is known after it expired. Source: dfinity/ic `MAX_INGRESS_TTL`. */
const requestRetentionNanos = 300n * nanosPerSecond;
/** Looking over all requests at every move of the clock would cost more than the calls themselves. */
const sweepIntervalNanos = 10n * nanosPerSecond;

export function findRequest(state: NetworkState, requestId: Uint8Array): IngressId | undefined {
  return state.requests.get(requestKey(requestId));
}

export function rememberRequest(state: NetworkState, requestId: Uint8Array, id: IngressId): void {
  state.requests.set(requestKey(requestId), id);
}

/**
 * Why an update call must not begin any more: who sent it may have concluded from its expiry that it never will.
 *
 * Source: dfinity/ic `state_machine.rs`, `IngressMessageTimeout`.
 */
export function expiredRequest(state: NetworkState, id: IngressId): Rejection | undefined {
  const { expiryNanos, requestId } = state.ingress.get(id) ?? {};
  if (expiryNanos === undefined || expiryNanos >= state.timeNanos) return undefined;
  const name = requestId === undefined ? '' : requestKey(requestId);
  return rejectionOf('IC0202', `Ingress message ${name} timed out waiting to start executing.`);
}

/** Answers kept between two looks, however young: the oldest go first. */
const maximumAnswerBytes = 256 * 1_048_576;

/** Forgets answers, then whole requests, whose time is over or that are too many. Depends on virtual time only. */
export function forgetOldRequests(state: NetworkState): void {
  if (state.timeNanos < state.requestsSweptAtNanos + sweepIntervalNanos) return;
  state.requestsSweptAtNanos = state.timeNanos;
  for (const [key, id] of state.requests) {
    const record = state.ingress.get(id);
    if (record === undefined || canBeForgotten(record, state.timeNanos)) {
      state.requests.delete(key);
      state.ingress.delete(id);
    } else if (isAnswerOld(record, state.timeNanos)) {
      forgetAnswer(state, id, record);
    }
  }
  forgetOldestAnswers(state);
}

function forgetOldestAnswers(state: NetworkState): void {
  const answers = [...state.requests.values()].flatMap((id) => {
    const record = state.ingress.get(id);
    return record?.status.status === 'replied' ? [{ id, record, bytes: record.status.reply.length }] : [];
  });
  let total = answers.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { id, record, bytes } of answers) {
    if (total <= maximumAnswerBytes) return;
    forgetAnswer(state, id, record);
    total -= bytes;
  }
}

function forgetAnswer(state: NetworkState, id: IngressId, record: IngressRecord): void {
  state.ingress.set(id, { ...record, status: { status: 'done' } });
}

function isAnswerOld({ answeredAtNanos }: IngressRecord, nowNanos: bigint): boolean {
  return answeredAtNanos !== undefined && nowNanos > answeredAtNanos + requestRetentionNanos;
}

function canBeForgotten(record: IngressRecord, nowNanos: bigint): boolean {
  return isAnswerOld(record, nowNanos) && nowNanos > (record.expiryNanos ?? 0n) + requestRetentionNanos;
}

function requestKey(requestId: Uint8Array): string {
  return Buffer.from(requestId).toString('hex');
}
