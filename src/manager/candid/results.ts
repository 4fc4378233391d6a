import { IDL } from '@dfinity/candid';
import { AuditResult } from './audit.ts';
import { AllowedCallersResult, DoneResult, InvitationsResult, MyAdmission } from './admission.ts';
import { candidEncoder } from './candid-encoder.ts';
import { ConfigResult } from './configuration.ts';
import { ActionResult, CreateGreeterResult, JobStatus } from './job.ts';
import { BulkResult, JobEventsResult, ListJobsResult } from './jobs.ts';
import { GreetersPage, JobsPage } from './lists.ts';
import { QueueResult, QueueStatsResult, TemplateResult, Templates } from './operator.ts';
import { RolesResult } from './roles.ts';
import { AdoptCanisterResult, OrphanScanResult, VacantResult } from './vacancies.ts';

/** The endpoints' results as bytes. */
export const encodeCreateGreeterResult = candidEncoder([CreateGreeterResult]);
export const encodeMaybeJobStatus = candidEncoder([IDL.Opt(JobStatus)]);
export const encodeJobsPage = candidEncoder([JobsPage]);
export const encodeGreetersPage = candidEncoder([GreetersPage]);
export const encodeActionResult = candidEncoder([ActionResult]);
export const encodeTemplateResult = candidEncoder([TemplateResult]);
export const encodeTemplates = candidEncoder([Templates]);
export const encodeQueueStatsResult = candidEncoder([QueueStatsResult]);
export const encodeConfigResult = candidEncoder([ConfigResult]);
export const encodeDoneResult = candidEncoder([DoneResult]);
export const encodeAllowedCallersResult = candidEncoder([AllowedCallersResult]);
export const encodeInvitationsResult = candidEncoder([InvitationsResult]);
export const encodeMyAdmission = candidEncoder([MyAdmission]);
export const encodeListJobsResult = candidEncoder([ListJobsResult]);
export const encodeJobEventsResult = candidEncoder([JobEventsResult]);
export const encodeBulkResult = candidEncoder([BulkResult]);
export const encodeQueueResult = candidEncoder([QueueResult]);
export const encodeRolesResult = candidEncoder([RolesResult]);
export const encodeAuditResult = candidEncoder([AuditResult]);
export const encodeVacantResult = candidEncoder([VacantResult]);
export const encodeOrphanScanResult = candidEncoder([OrphanScanResult]);
export const encodeAdoptCanisterResult = candidEncoder([AdoptCanisterResult]);

/**
 * Works out every result's type table, with the smallest value each has. Called in each life of the Manager: a query's
 * memory is thrown away, so one that found no table would work it out for itself alone, each time anew.
 */
export function prepareResults(): void {
  encodeCreateGreeterResult([{ Err: { NoActiveTemplate: null } }]);
  encodeMaybeJobStatus([[]]);
  encodeJobsPage([{ jobs: [], nextCursor: [], unreadable: [] }]);
  encodeGreetersPage([{ greeters: [], nextCursor: [] }]);
  encodeActionResult([{ Err: { NotFound: null } }]);
  encodeTemplateResult([{ Err: { NotFound: null } }]);
  encodeTemplates([[]]);
  encodeQueueStatsResult([{ Err: { NotAuthorized: null } }]);
  encodeConfigResult([{ Err: { NotAuthorized: null } }]);
  encodeDoneResult([{ Ok: null }]);
  encodeAllowedCallersResult([{ Err: { NotAuthorized: null } }]);
  encodeInvitationsResult([{ Err: { NotAuthorized: null } }]);
  encodeMyAdmission([{ policy: { open: null }, creditCycles: 0n, openJobs: 0, maximumOpenJobs: 0 }]);
  encodeListJobsResult([{ Err: { NotAuthorized: null } }]);
  encodeJobEventsResult([{ Err: { NotFound: null } }]);
  encodeBulkResult([{ Err: { NotAuthorized: null } }]);
  encodeQueueResult([{ Err: { NotAuthorized: null } }]);
  encodeRolesResult([{ Err: { NotAuthorized: null } }]);
  encodeAuditResult([{ Err: { NotAuthorized: null } }]);
  encodeVacantResult([{ Err: { NotAuthorized: null } }]);
  encodeOrphanScanResult([{ Ok: [] }]);
  encodeAdoptCanisterResult([{ Err: { NotFound: null } }]);
}
