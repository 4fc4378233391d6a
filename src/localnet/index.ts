export { managementCanisterId } from './canister-ids.ts';
export type { CanisterView } from './canister-view.ts';
export type { NetworkCheckpoint } from './checkpoint.ts';
export { CyclesNotConservedError } from './cycles-account.ts';
export type { CanisterRange } from './canister-ids.ts';
export type { NetworkEvent, StepReport } from './events.ts';
export type { NetworkMetrics } from './network-metrics.ts';
export type { FaultAction, FaultMatch } from './faults/fault-rules.ts';
export { type BeforeStep, FaultScript } from './faults/fault-script.ts';
export type { UpdateCall } from './ingress.ts';
export type { InstructionLimits } from './limits.ts';
export {
  type HttpHeader,
  type HttpOutcall,
  type HttpOutcallAnswer,
  HttpOutcallNotPendingError,
} from './http-outcall.ts';
export { managementClient, type ManagementClient } from './management/index.ts';
export { CallNotAnsweredError, LocalNetwork } from './network.ts';
export type { LocalNetworkOptions } from './network-options.ts';
export type { QueryCall } from './query.ts';
export { CallRejectedError, type Rejection } from './rejection.ts';
export type { IngressId, IngressRecord, IngressStatus } from './state.ts';
