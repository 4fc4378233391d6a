import { IDL, init, inspectMessage, postUpgrade, query, update } from 'azle';
import { allowCaller, disallowCaller, listAllowedCallers } from './admission/allow-list.ts';
import { createGreeter } from './admission/create-greeter.ts';
import { createInvitation, listInvitations, revokeInvitation } from './admission/invitation-endpoints.ts';
import { getMyAdmission } from './admission/my-admission.ts';
import {
  AllowedCallerRequest,
  AllowedCallersResult,
  CreateInvitationRequest,
  DoneResult,
  InvitationsResult,
  MyAdmission,
  RevokeInvitationRequest,
} from './candid/admission.ts';
import {
  ActionRequest,
  ActionResult,
  CreateGreeterRequest,
  CreateGreeterResult,
  JobStatus,
  ResolveStepRequest,
} from './candid/job.ts';
import { AuditResult } from './candid/audit.ts';
import { ConfigResult, SetConfigRequest } from './candid/configuration.ts';
import { BulkRequest, BulkResult, JobEventsResult, JobFilter, ListJobsResult } from './candid/jobs.ts';
import { GreetersPage, JobsPage, Page } from './candid/lists.ts';
import {
  PublishTemplateRequest,
  QueueRequest,
  QueueResult,
  QueueStatsResult,
  TemplateResult,
  Templates,
} from './candid/operator.ts';
import {
  encodeActionResult,
  encodeAllowedCallersResult,
  encodeAdoptCanisterResult,
  encodeAuditResult,
  encodeBulkResult,
  encodeConfigResult,
  encodeDoneResult,
  encodeInvitationsResult,
  encodeMyAdmission,
  encodeCreateGreeterResult,
  encodeGreetersPage,
  encodeJobEventsResult,
  encodeJobsPage,
  encodeListJobsResult,
  encodeMaybeJobStatus,
  encodeOrphanScanResult,
  encodeQueueResult,
  encodeQueueStatsResult,
  encodeRolesResult,
  encodeTemplateResult,
  encodeTemplates,
  encodeVacantResult,
  prepareResults,
} from './candid/results.ts';
import { RolesResult, SetRoleRequest } from './candid/roles.ts';
import {
  AdoptCanisterRequest,
  AdoptCanisterResult,
  FindOrphansRequest,
  OrphanScanResult,
  VacantResult,
} from './candid/vacancies.ts';
import { getConfig, setConfig } from './configuration/configuration-endpoints.ts';
import { answer, answerRole } from './endpoint/answer.ts';
import { admitsIngress, maximumPublishArgumentBytes } from './endpoint/inspect.ts';
import { cancelJobs, retryJobs, terminateJobs } from './operators/bulk.ts';
import { cancelJob, resolveStep, retryJob, terminateJob } from './operators/job-endpoints.ts';
import { getJobEvents } from './operators/job-events.ts';
import { listAudit } from './operators/list-audit.ts';
import { listJobs } from './operators/list-jobs.ts';
import { endDraining } from './operators/queue-control.ts';
import { pauseQueue, prepareUpgrade, resumeQueue } from './operators/queue-verbs.ts';
import { listRoles, setRole } from './operators/set-role.ts';
import { getJobStatus, getQueueStats, listGreeters, listMyGreeters, listMyJobs } from './queries.ts';
import { adoptCanister } from './orphans/adopt-canister.ts';
import { findOrphans, listOrphans } from './orphans/find-orphans.ts';
import { readMeta, updateMeta } from './storage/meta.ts';
import { activateTemplate, listTemplates, publishTemplate } from './templates/publish-template.ts';
import { listVacant } from './vacancies/list-vacant.ts';
import { bringBackAnswers } from './worker/answer-inbox.ts';
import { onDurableResponse } from './worker/on-response.ts';
import { startWorker } from './worker/worker.ts';

const manual = { manual: true };

/** The Manager's endpoints. Each is one line; what it does is in the module it names. */
export default class Manager {
  @init([], manual)
  init(): void {
    beginLife();
  }

  @postUpgrade([], manual)
  postUpgrade(): void {
    beginLife();
  }

  @inspectMessage(manual)
  inspectMessage(): boolean {
    return admitsIngress();
  }

  @update([IDL.Opt(CreateGreeterRequest)], CreateGreeterResult, manual)
  createGreeter(): void {
    answer([IDL.Opt(CreateGreeterRequest)], encodeCreateGreeterResult, createGreeter);
  }

  @query([IDL.Nat64], IDL.Opt(JobStatus), manual)
  getJobStatus(): void {
    answer([IDL.Nat64], encodeMaybeJobStatus, getJobStatus);
  }

  @query([IDL.Opt(Page)], JobsPage, manual)
  listMyJobs(): void {
    answer([IDL.Opt(Page)], encodeJobsPage, listMyJobs);
  }

  @query([IDL.Opt(Page)], GreetersPage, manual)
  listMyGreeters(): void {
    answer([IDL.Opt(Page)], encodeGreetersPage, listMyGreeters);
  }

  @query([IDL.Opt(Page)], GreetersPage, manual)
  listGreeters(): void {
    answer([IDL.Opt(Page)], encodeGreetersPage, listGreeters);
  }

  @update([ActionRequest], ActionResult, manual)
  cancelJob(): void {
    answer([ActionRequest], encodeActionResult, cancelJob);
  }

  @query([IDL.Nat64, IDL.Opt(Page)], JobEventsResult, manual)
  getJobEvents(): void {
    answer([IDL.Nat64, IDL.Opt(Page)], encodeJobEventsResult, getJobEvents);
  }

  @query([JobFilter, IDL.Opt(Page)], ListJobsResult, manual)
  listJobs(): void {
    answerRole('viewer', [JobFilter, IDL.Opt(Page)], encodeListJobsResult, listJobs);
  }

  @update([ActionRequest], ActionResult, manual)
  retryJob(): void {
    answerRole('operator', [ActionRequest], encodeActionResult, retryJob);
  }

  @update([ResolveStepRequest], ActionResult, manual)
  resolveStep(): void {
    answerRole('operator', [ResolveStepRequest], encodeActionResult, resolveStep);
  }

  @update([ActionRequest], ActionResult, manual)
  terminateJob(): void {
    answerRole('operator', [ActionRequest], encodeActionResult, terminateJob);
  }

  @update([BulkRequest], BulkResult, manual)
  retryJobs(): void {
    answerRole('operator', [BulkRequest], encodeBulkResult, retryJobs);
  }

  @update([BulkRequest], BulkResult, manual)
  cancelJobs(): void {
    answerRole('operator', [BulkRequest], encodeBulkResult, cancelJobs);
  }

  @update([BulkRequest], BulkResult, manual)
  terminateJobs(): void {
    answerRole('operator', [BulkRequest], encodeBulkResult, terminateJobs);
  }

  @update([PublishTemplateRequest], TemplateResult, manual)
  publishTemplate(): void {
    answerRole(
      'admin',
      [PublishTemplateRequest],
      encodeTemplateResult,
      publishTemplate,
      maximumPublishArgumentBytes,
    );
  }

  @update([IDL.Text], TemplateResult, manual)
  activateTemplate(): void {
    answerRole('admin', [IDL.Text], encodeTemplateResult, activateTemplate);
  }

  @query([], Templates, manual)
  listTemplates(): void {
    answer([], encodeTemplates, listTemplates);
  }

  @query([], QueueStatsResult, manual)
  getQueueStats(): void {
    answerRole('viewer', [], encodeQueueStatsResult, getQueueStats);
  }

  @update([QueueRequest], QueueResult, manual)
  pauseQueue(): void {
    answerRole('operator', [QueueRequest], encodeQueueResult, pauseQueue);
  }

  @update([QueueRequest], QueueResult, manual)
  resumeQueue(): void {
    answerRole('operator', [QueueRequest], encodeQueueResult, resumeQueue);
  }

  @update([QueueRequest], QueueResult, manual)
  prepareUpgrade(): void {
    answerRole('operator', [QueueRequest], encodeQueueResult, prepareUpgrade);
  }

  @query([IDL.Opt(Page)], AuditResult, manual)
  listAudit(): void {
    answerRole('viewer', [IDL.Opt(Page)], encodeAuditResult, listAudit);
  }

  @update([SetRoleRequest], RolesResult, manual)
  setRole(): void {
    answerRole('admin', [SetRoleRequest], encodeRolesResult, setRole);
  }

  @query([], RolesResult, manual)
  listRoles(): void {
    answerRole('viewer', [], encodeRolesResult, listRoles);
  }

  @query([], ConfigResult, manual)
  getConfig(): void {
    answerRole('viewer', [], encodeConfigResult, getConfig);
  }

  @update([SetConfigRequest], ConfigResult, manual)
  setConfig(): void {
    answerRole('admin', [SetConfigRequest], encodeConfigResult, setConfig);
  }

  @query([], MyAdmission, manual)
  getMyAdmission(): void {
    answer([], encodeMyAdmission, getMyAdmission);
  }

  @update([AllowedCallerRequest], DoneResult, manual)
  allowCaller(): void {
    answerRole('operator', [AllowedCallerRequest], encodeDoneResult, allowCaller);
  }

  @update([AllowedCallerRequest], DoneResult, manual)
  disallowCaller(): void {
    answerRole('operator', [AllowedCallerRequest], encodeDoneResult, disallowCaller);
  }

  @query([IDL.Opt(Page)], AllowedCallersResult, manual)
  listAllowedCallers(): void {
    answerRole('viewer', [IDL.Opt(Page)], encodeAllowedCallersResult, listAllowedCallers);
  }

  @update([CreateInvitationRequest], DoneResult, manual)
  createInvitation(): void {
    answerRole('operator', [CreateInvitationRequest], encodeDoneResult, createInvitation);
  }

  @update([RevokeInvitationRequest], DoneResult, manual)
  revokeInvitation(): void {
    answerRole('operator', [RevokeInvitationRequest], encodeDoneResult, revokeInvitation);
  }

  @query([IDL.Opt(Page)], InvitationsResult, manual)
  listInvitations(): void {
    answerRole('viewer', [IDL.Opt(Page)], encodeInvitationsResult, listInvitations);
  }

  @query([IDL.Opt(Page)], VacantResult, manual)
  listVacant(): void {
    answerRole('viewer', [IDL.Opt(Page)], encodeVacantResult, listVacant);
  }

  @update([FindOrphansRequest], OrphanScanResult, manual)
  findOrphans(): void {
    answerRole('operator', [FindOrphansRequest], encodeOrphanScanResult, findOrphans);
  }

  @query([], OrphanScanResult, manual)
  listOrphans(): void {
    answerRole('viewer', [], encodeOrphanScanResult, listOrphans);
  }

  @update([AdoptCanisterRequest], AdoptCanisterResult, manual)
  adoptCanister(): void {
    answerRole('operator', [AdoptCanisterRequest], encodeAdoptCanisterResult, adoptCanister);
  }

  /** The one response handler of durable calls; the build takes it out of the exports, so nobody outside reaches it. */
  @update([], undefined, { manual: true, hidden: true })
  durableResponse(): void {
    onDurableResponse();
  }
}

/**
 * A new life: attempts it starts bear its epoch, what the former life could not make sense of is read again, and the
 * timers it lost are armed again.
 */
function beginLife(): void {
  updateMeta({ epoch: readMeta().epoch + 1 });
  endDraining();
  bringBackAnswers();
  prepareResults();
  startWorker();
}
