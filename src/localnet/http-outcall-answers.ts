import { managementCanisterId } from './canister-ids.ts';
import { burnInFlight } from './cycles-account.ts';
import { describeResult } from './events.ts';
import { subnetNodes } from './fees.ts';
import { type HttpOutcall, type HttpOutcallAnswer, HttpOutcallNotPendingError } from './http-outcall.ts';
import { outcallUsageFeeCycles } from './http-outcall-cost.ts';
import { httpOutcallTimeoutNanos } from './http-outcall-limits.ts';
import { type NodeResult, nodeResultOf, rejected } from './http-outcall-result.ts';
import { sha256 } from './management/sha256.ts';
import { answer } from './messages.ts';
import type { CallResult } from './rejection.ts';
import type { PendingHttpOutcall, Responder } from './state.ts';
import { findCanister, type World } from './world.ts';

/*
 * HTTP outcalls from their acceptance to their answer. The network makes no request itself: somebody outside does, or
 * makes an answer up. Source: dfinity/ic `rs/https_outcalls`, whose order of checks, codes and texts these are.
 */

/** Nodes that must have got the same response; of 13, nine. */
const agreement = Math.floor((subnetNodes * 2) / 3) + 1;

/** Remembers an outcall that was accepted and paid for. */
export function keepHttpOutcall(world: World, request: Omit<HttpOutcall, 'id'>, responder: Responder): void {
  const id = world.state.nextHttpOutcallId;
  world.state.nextHttpOutcallId += 1;
  world.emit({
    event: 'httpOutcallStarted',
    step: world.state.executedSteps,
    id,
    caller: request.caller.toText(),
    method: request.method,
    url: request.url,
  });
  world.state.httpOutcalls.set(id, { outcall: { ...request, id }, responder });
}

/**
 * Answers an outcall: passes the response through the caller's transform function, and sends the result.
 *
 * @param answers what every node of the subnet got, or one that all of them got. A request that is not replicated has
 *   only the first
 * @throws HttpOutcallNotPendingError
 * @throws RangeError when there are neither one answer nor as many as nodes
 */
export function answerHttpOutcall(world: World, id: number, answers: readonly HttpOutcallAnswer[]): void {
  const pending = world.state.httpOutcalls.get(id);
  if (pending === undefined) throw new HttpOutcallNotPendingError(id);
  const [first] = answers;
  if (first === undefined || (answers.length !== 1 && answers.length !== subnetNodes)) {
    throw new RangeError(
      `Pass one answer, or one of each of the ${subnetNodes} nodes; got ${answers.length}.`,
    );
  }
  const { outcall } = pending;
  const results = (outcall.isReplicated ? answers : [first]).map((each) =>
    nodeResultOf(world, outcall, each),
  );
  const agreed = agreedOf(
    outcall,
    results.map(({ result }) => result),
  );
  const usedCycles = usedBy(outcall, results);
  finish(
    world,
    outcall,
    usedCycles > refundOf(pending) ? rejected(1, 'Insufficient cycles') : agreed,
    usedCycles,
  );
}

/** What is due now that it is answered; nothing when all was paid in advance. Every node uses what the first does. */
function usedBy(outcall: HttpOutcall, [first]: readonly NodeResult[]): bigint {
  if (outcall.pricingVersion === 1 || first === undefined) return 0n;
  return outcallUsageFeeCycles(first.used, outcall.isReplicated);
}

function refundOf({ responder }: PendingHttpOutcall): bigint {
  return responder.kind === 'canister' ? responder.refundCycles : 0n;
}

/** Rejects the outcalls that waited too long. */
export function timeOutHttpOutcalls(world: World): void {
  for (const { outcall } of world.state.httpOutcalls.values()) {
    if (timeoutOf(outcall) > world.state.timeNanos) continue;
    finish(world, outcall, rejected(2, 'Canister http request timed out'));
  }
}

/** When waiting outcalls will be rejected. */
export function* httpOutcallTimeouts(world: World): Generator<bigint> {
  for (const { outcall } of world.state.httpOutcalls.values()) yield timeoutOf(outcall);
}

function timeoutOf({ startedAtNanos }: HttpOutcall): bigint {
  return startedAtNanos + httpOutcallTimeoutNanos;
}

/** @param usedCycles what the caller pays of what would be refunded, as far as that goes */
function finish(world: World, { id, caller }: HttpOutcall, result: CallResult, usedCycles = 0n): void {
  const pending = world.state.httpOutcalls.get(id);
  if (pending === undefined) throw new HttpOutcallNotPendingError(id);
  world.state.httpOutcalls.delete(id);
  const attached = refundOf(pending);
  const paid = usedCycles < attached ? usedCycles : attached;
  const canister = findCanister(world, caller);
  const { executedSteps: step } = world.state;
  world.emit({ event: 'httpOutcallAnswered', step, id, result: describeResult(result) });
  burnInFlight(world.state, paid, canister && { canister, use: 'httpOutcalls' });
  answer(world, managementCanisterId, pending.responder, result, attached - paid);
}

/** The result that enough nodes have, or a rejection that tells how they differ. */
function agreedOf({ id }: HttpOutcall, results: readonly CallResult[]): CallResult {
  const [only] = results;
  if (only !== undefined && results.length === 1) return only;
  const groups = new Map<string, { readonly result: CallResult; count: number }>();
  for (const result of results) {
    const hash = hashOf(result);
    const group = groups.get(hash) ?? { result, count: 0 };
    group.count += 1;
    groups.set(hash, group);
  }
  const largestFirst = [...groups].sort(([, one], [, other]) => other.count - one.count);
  const largest = largestFirst[0]?.[1];
  if (largest !== undefined && largest.count >= agreement) return largest.result;
  const hashes = largestFirst.map(([hash, { count }]) => `[${hash}: ${count}]`).join(', ');
  return rejected(
    2,
    'No consensus could be reached. Replicas had different responses. ' +
      `Details: request_id: ${id}, hashes: ${hashes}`,
  );
}

/** Names a result by its content; not the hash that a replica would tell. */
function hashOf(result: CallResult): string {
  const content =
    result.kind === 'reply'
      ? result.bytes
      : Buffer.from(`${result.rejection.rejectCode} ${result.rejection.message}`);
  return Buffer.from(sha256(content)).toString('hex');
}
