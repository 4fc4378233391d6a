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
export { type Endpoint, type EndpointOptions, HttpApi, startEndpoint } from './http/index.ts';
export { LiveNetwork, type LiveNetworkOptions } from './live/index.ts';
export { SubnetKeys } from './certification/index.ts';
export { managementClient, type ManagementClient } from './management/index.ts';
export { CallNotAnsweredError, LocalNetwork, type LocalNetworkOptions } from './network.ts';
export {
  ExtensionError,
  PocketIcExtensions,
  type PocketIcServerOptions,
  type RemoteFaultRule,
  type RunningPocketIcServer,
  startPocketIcServer,
} from './pocket-ic/index.ts';
export type { QueryCall } from './query.ts';
export { CallRejectedError, type Rejection } from './rejection.ts';
export type { IngressId, IngressRecord, IngressStatus } from './state.ts';
