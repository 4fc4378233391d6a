export type { ActorMethod } from './actor-method.ts';
export type { CallTransport } from './call-transport.ts';
export { fromOptional, variantName, type Optional, type VariantName } from './candid-values.ts';
export { canisterClient } from './canister-client.ts';
export { CallRejectedError, InvalidArgumentError, UndecodableReplyError } from './errors.ts';
export type {
  ActionError,
  ActionRequest,
  ActionResult,
  AdmissionError,
  CreateGreeterRequest,
  CreateGreeterResult,
  ErrorClass,
  Greeter,
  GreetersPage,
  InvalidRequest,
  JobId,
  JobsPage,
  JobStatus,
  Page,
  PublishTemplateRequest,
  QueueStats,
  QueueStatsResult,
  Status,
  StepError,
  StepName,
  StepState,
  StepStatus,
  Template,
  TemplateError,
  TemplateResult,
  TemplateState,
} from './generated/manager.ts';
export type { InitArgument as GreeterInitArgument, SetGreetingResult } from './generated/greeter.ts';
export { greeterClient, type GreeterClient } from './greeter-client.ts';
export { managementClient, type ManagementClient } from './management-client.ts';
export { managerClient, type ManagerClient } from './manager-client.ts';
export { waitForJob, type JobOutcome, type WaitForJobOptions, type WaitingClock } from './wait-for-job.ts';
