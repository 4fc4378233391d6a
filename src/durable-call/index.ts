/**
 * Calls to other canisters whose responses survive an upgrade of the caller, with bounded or unbounded wait.
 * This is the canister's half; the build's half is build.ts. What, why and how: docs/durable-calls.md.
 */
export { nextCallId } from './call-id.ts';
export { maximumCallId, maximumCallsPerMessage, maximumTimeoutSeconds } from './call-limits.ts';
export { type DurableCall, durableCall } from './durable-call.ts';
export { type DurableResponse, readDurableResponse, type RejectCode } from './durable-response.ts';
export { DurableCallError } from './errors.ts';
