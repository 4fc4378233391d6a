import { equal, ok } from 'node:assert/strict';
import { IDL } from '@dfinity/candid';
import type { Principal } from '@dfinity/principal';
import { ConfigResult, SetConfigRequest } from '../../../src/manager/candid/configuration.ts';
import { ActionRequest, ActionResult, ResolveStepRequest } from '../../../src/manager/candid/job.ts';
import { BulkRequest, BulkResult } from '../../../src/manager/candid/jobs.ts';
import { QueueRequest, QueueResult, TemplateResult } from '../../../src/manager/candid/operator.ts';
import { FindOrphansRequest, OrphanScanResult } from '../../../src/manager/candid/vacancies.ts';
import { operator, tag } from '../../support/manager-fixture.ts';
import type { ManagerFixture } from '../../support/manager-fixture.ts';
import type { Disturbed } from './disturb.ts';
import { action } from './operator-hands.ts';
import type { OperatorAct } from './plan.ts';
import { truthAbout } from './truth.ts';

type Variant = Readonly<Record<string, unknown>>;

/** A budget for so many jobs: what is reserved for each (docs/configuration.md, "creationCycles"), and a little. */
const cyclesPerJob = 1_700_000_000_000n;

/** What creating a canister costs on a subnet of 13 nodes. */
const usualFeeCycles = 500_000_000_000n;

/** Does what an operator does between two messages, and keeps in mind what the Manager agreed to. */
export function performAct(disturbed: Disturbed, act: OperatorAct, requestId: string): void {
  const { fixture, marks } = disturbed;
  const note = (result: unknown): Variant => {
    const variant = result as Variant;
    const answer = 'Ok' in variant ? 'Ok' : tag(variant['Err'] as Variant);
    marks.hit(`${act.act}: ${answer}`);
    return variant;
  };
  const request = { requestId, reason: 'the simulation' };
  switch (act.act) {
    case 'retryJob':
    case 'terminateJob': {
      const job = disturbed.accepted[act.job];
      if (!job) return;
      const result = note(ahead(fixture, act.act, ActionRequest, ActionResult, action(job.id, requestId)));
      if ('Ok' in result && act.act === 'terminateJob') disturbed.terminated.add(job.id);
      return;
    }
    case 'resolveStep': {
      const job = disturbed.accepted[act.job];
      if (job) resolve(disturbed, job.id, requestId, note);
      return;
    }
    case 'pauseQueue':
    case 'resumeQueue':
    case 'prepareUpgrade':
      note(ahead(fixture, act.act, QueueRequest, QueueResult, request));
      return;
    case 'retryJobs':
    case 'cancelJobs':
    case 'terminateJobs':
      actInBulk(disturbed, act, request, note);
      return;
    case 'setBudget': {
      const budget = act.jobs === null ? { unlimited: null } : { cycles: BigInt(act.jobs) * cyclesPerJob };
      note(configure(fixture, { [`${act.budget}BudgetCycles`]: [budget] }, request));
      return;
    }
    case 'changeFee':
      marks.hit('changeFee: Ok');
      fixture.network.setCreationFee(BigInt(act.factor) * usualFeeCycles);
      return;
    case 'activateTemplate':
      note(ahead(fixture, act.act, IDL.Text, TemplateResult, act.version));
      return;
    case 'findOrphans':
      note(ahead(fixture, act.act, FindOrphansRequest, OrphanScanResult, { ...request, from: [] }));
  }
}

/** What operators have stopped or made dear is as it was. */
export function undoActs(fixture: ManagerFixture): void {
  const request = { requestId: 'healed', reason: 'the simulation' };
  fixture.update(operator, 'resumeQueue', [QueueRequest], QueueResult, [request]);
  fixture.network.setCreationFee(usualFeeCycles);
}

/** A scan that was asked for has ended, and has found nothing: there is nothing to be found. */
export function checkNoOrphans(fixture: ManagerFixture): void {
  const result = fixture.query(operator, 'listOrphans', [], OrphanScanResult, []) as {
    Ok: [] | [{ endedAt: [] | [bigint]; orphans: readonly { canisterId: Principal }[] }];
  };
  const [scan] = result.Ok;
  if (!scan) return;
  equal(scan.endedAt.length, 1, 'the scan for orphans is still under way');
  equal(scan.orphans.map(({ canisterId }) => canisterId.toText()).join(), '', 'orphans');
}

/** Says the truth about a job that nobody knows more about; a word about any other one must not count. */
function resolve(
  { fixture, marks }: Disturbed,
  jobId: bigint,
  requestId: string,
  note: (result: unknown) => Variant,
): void {
  const isOpen = fixture.job(jobId).parked[0]?.actions.includes('resolveStep') === true;
  const truth = isOpen && marks.count('fault applyLater') === 0 ? truthAbout(fixture, jobId) : undefined;
  if (isOpen && truth === undefined) return;
  const finding = truth === 'applied' ? { applied: null } : { notApplied: null };
  const request = { ...action(jobId, requestId), finding, evidence: 'the network says so' };
  const result = note(ahead(fixture, 'resolveStep', ResolveStepRequest, ActionResult, request));
  equal('Ok' in result, isOpen, `resolveStep of job ${jobId}`);
}

function actInBulk(
  disturbed: Disturbed,
  { act, status }: Extract<OperatorAct, { readonly status: string }>,
  request: object,
  note: (result: unknown) => Variant,
): void {
  const filter = { status: [status], owner: [], step: [], parkReason: [], templateVersion: [] };
  const bulk = { ...request, filter, cursor: [], limit: [], ratePerMinute: [] };
  const answer = note(ahead(disturbed.fixture, act, BulkRequest, BulkResult, bulk));
  const { results } = answer['Ok'] as { results: { jobId: bigint; result: Variant }[] };
  for (const { jobId, result } of results) {
    disturbed.marks.hit(`${act} of a job: ${'Ok' in result ? 'Ok' : tag(result['Err'] as Variant)}`);
    if (!('Ok' in result)) continue;
    const isUsers = disturbed.accepted.some(({ id }) => id === jobId);
    ok(isUsers || act !== 'cancelJobs' || jobId > 0n, `job ${jobId} is nobody's`);
    if (act === 'cancelJobs') disturbed.cancelled.add(jobId);
    if (act === 'terminateJobs') disturbed.terminated.add(jobId);
  }
}

function configure(fixture: ManagerFixture, changes: object, request: object): unknown {
  const absent = Object.fromEntries(SetConfigRequest._fields.map(([name]) => [name, []]));
  return ahead(fixture, 'setConfig', SetConfigRequest, ConfigResult, { ...absent, ...changes, ...request });
}

/** At once: between two messages. */
function ahead(
  { network, managerId }: ManagerFixture,
  method: string,
  parameter: IDL.Type,
  result: IDL.Type,
  value: unknown,
): unknown {
  const arg = IDL.encode([parameter], [value]);
  const reply = network.updateAhead({ sender: operator, canisterId: managerId, method, arg });
  return IDL.decode([result], reply)[0];
}
