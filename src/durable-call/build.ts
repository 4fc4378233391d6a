/** The build-time half of durable calls. The canister's half is index.ts. */
export { addDurableCalls, type DurableCallRewriteOptions } from './rewrite/add-durable-calls.ts';
export { assertDurable } from './rewrite/assert-durable.ts';
export { DurableCallBuildError } from './rewrite/errors.ts';
export { tableContract } from './rewrite/table-contract.ts';
