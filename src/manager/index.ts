import { IDL, init, inspectMessage, postUpgrade, query, update } from 'azle';
import { createGreeter } from './admission/create-greeter.ts';
import {
  ActionRequest,
  ActionResult,
  CreateGreeterRequest,
  CreateGreeterResult,
  JobStatus,
} from './candid/job.ts';
import { AuditResult } from './candid/audit.ts';
import { ConfigResult, SetConfigRequest } from './candid/configuration.ts';
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
  encodeAuditResult,
  encodeConfigResult,
  encodeCreateGreeterResult,
  encodeGreetersPage,
  encodeJobsPage,
  encodeMaybeJobStatus,
  encodeQueueResult,
  encodeQueueStatsResult,
  encodeRolesResult,
  encodeTemplateResult,
  encodeTemplates,
  prepareResults,
} from './candid/results.ts';
import { RolesResult, SetRoleRequest } from './candid/roles.ts';
import { getConfig, setConfig } from './configuration/configuration-endpoints.ts';
import { answer, answerRole } from './endpoint/answer.ts';
import { admitsIngress, maximumPublishArgumentBytes } from './endpoint/inspect.ts';
import { retryJob } from './operator-actions.ts';
import { listAudit } from './operators/list-audit.ts';
import { endDraining } from './operators/queue-control.ts';
import { pauseQueue, prepareUpgrade, resumeQueue } from './operators/queue-verbs.ts';
import { listRoles, setRole } from './operators/set-role.ts';
import { getJobStatus, getQueueStats, listGreeters, listMyGreeters, listMyJobs } from './queries.ts';
import { readMeta, updateMeta } from './storage/meta.ts';
import { activateTemplate, listTemplates, publishTemplate } from './templates/publish-template.ts';
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
  retryJob(): void {
    answerRole('operator', [ActionRequest], encodeActionResult, retryJob);
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
