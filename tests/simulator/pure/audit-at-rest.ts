import { Principal } from '@dfinity/principal';
import { audit } from './audit.ts';
import type { Run } from './audit.ts';
import { promise, shown } from './broken-promise.ts';
import * as candid from './ic-model-candid.ts';
import type { ModelCanister } from './ic-model.ts';
import type { AcceptedJob } from './users.ts';
import type { Saga } from './watch-transitions.ts';

/** What must hold when everything has come to rest and nothing goes wrong any more. */
export function auditAtRest(run: Run): void {
  audit(run);
  const { world, watch, population } = run;
  const { readMeta, readDefects, sagas } = world.manager.stores;
  const unread = world.manager.map(3).len();
  promise(
    sagas.openAttempts() === 0 && unread === 0,
    'nothing is left lying',
    () => `${sagas.openAttempts()} open attempts, ${unread} unread answers`,
  );
  const { strayAnswers } = readMeta();
  if (strayAnswers > 0) world.marks.hit('stray answer');
  promise(
    strayAnswers <= population.lives.strayAnswersToCome,
    'no answer is a stray',
    () => `${strayAnswers} strays`,
  );
  const { spoiltReplies } = world.disturbances;
  promise(readDefects().count <= spoiltReplies, 'no defects', () => shown(readDefects().last));
  for (const job of population.users.jobs.values()) {
    population.client.requireVisible(job);
    const saga = watch.sagas.get(job.id);
    if (saga && !isDoubtful(run, saga.id)) auditEnd(run, job, saga);
    // However little is promised a job that was set back: it does not end with what is somebody else's.
    else if (saga?.status === 'completed' && !watch.misledJobs.has(saga.id)) auditOwner(run, job, saga);
    auditSpending(run, job.id);
  }
  for (const canister of world.ic.managersCanisters()) auditAccount(run, canister);
}

/** Nobody has to look for a canister that the Manager was told of, even where it did not remember having asked for it. */
export function auditToldCanisters({ world, watch }: Run): void {
  for (const id of watch.toldCanisters) {
    const account = world.manager.stores.canisterAccount(id.toUint8Array());
    promise(account !== undefined, 'what the Manager is told of is accounted for', () => id.toText());
  }
}

/** Somebody misled the Manager about the job, or it forgot a part of it: then nobody is promised how it ends. */
function isDoubtful({ watch }: Run, id: bigint): boolean {
  return watch.misledJobs.has(id) || watch.setBackJobs.has(id);
}

function auditEnd(run: Run, job: AcceptedJob, saga: Saga): void {
  if (saga.status === 'completed') {
    auditGreeter(run, job, saga);
    if (saga.facts.templateVersion !== job.templateVersion) run.world.marks.hit('moved to another template');
  }
  if (!run.population.cancelled.has(job.id)) return;
  const isUndone = saga.status === 'compensated' || saga.status === 'terminated';
  promise(isUndone, 'a cancelled job is undone', () => `job ${job.id} is ${saga.status}`);
}

/** A job is charged at least what its calls took along and did not bring back. */
function auditSpending({ world, watch }: Run, id: bigint): void {
  const { spentCycles, reservationCycles } = world.manager.stores.ledger.account(id);
  const attached = watch.spent.get(id) ?? 0n;
  promise(
    spentCycles >= attached,
    'every job is charged what it cost',
    () => `job ${id}: ${spentCycles} charged, ${attached} gone`,
  );
  promise(reservationCycles === 0n, 'ended jobs reserve nothing', () => `job ${id}: ${reservationCycles}`);
}

function auditOwner({ world }: Run, job: AcceptedJob, { facts }: Saga): ModelCanister {
  const id = facts.greeterId && Principal.fromUint8Array(facts.greeterId);
  const canister = id && world.ic.canisters.get(id.toHex());
  promise(canister !== undefined, 'a completed job has its Greeter', () => `job ${job.id}`);
  const controllers = canister.controllers.map((controller) => controller.toHex());
  promise(
    shown(controllers) === shown([job.owner.toHex()]),
    'the owner is the only controller',
    () => `${labelOf(job, canister)}: ${shown(controllers)}`,
  );
  return canister;
}

function labelOf(job: AcceptedJob, canister: ModelCanister): string {
  return `job ${job.id}, canister ${canister.id.toText()}`;
}

function auditGreeter(run: Run, job: AcceptedJob, saga: Saga): void {
  const { population } = run;
  const { facts } = saga;
  const canister = auditOwner(run, job, saga);
  const label = labelOf(job, canister);
  const templateHash = population.shelf.hashOf(facts.templateVersion);
  promise(
    canister.module !== undefined && Buffer.compare(canister.module, templateHash ?? new Uint8Array()) === 0,
    "it runs the template's module",
    () =>
      `${label}: template ${facts.templateVersion} is ${shown(templateHash)}, not ${shown(canister.module)}`,
  );
  const init = candid.decodeOne<{ owner: Principal; greeting: [] | [string] }>(
    candid.greeterArguments,
    canister.initArgument ?? new Uint8Array(),
  );
  promise(
    init.owner.compareTo(job.owner) === 'eq' && init.greeting[0] === job.greeting,
    'it greets as was asked',
    () => `${label}: ${shown(init)}, asked for ${shown(job.greeting)}`,
  );
}

/** Nothing the Manager ever created is forgotten, and what is vacant is empty and the Manager's alone. */
function auditAccount({ world, watch, population }: Run, canister: ModelCanister): void {
  const { id, bornAtVersion, environment, controllers, module } = canister;
  // What it gave away in a life it has forgotten is its owner's, and no business of the Manager's.
  if (bornAtVersion <= watch.lifeBeganAtVersion && !world.ic.isControlled(canister)) return;
  const account = world.manager.stores.canisterAccount(id.toUint8Array());
  const label = (): string => `canister ${id.toText()} of job ${environment[0]?.value ?? 'none'}`;
  promise(account !== undefined, 'every canister is accounted for', label);
  promise(
    account.use !== 'bound',
    'ended jobs keep no canister',
    () => `${label()}: bound to ${account.jobId}`,
  );
  if (account.use !== 'vacant' || world.calls.lateEffects > 0) return;
  // Nobody has looked into it yet: whoever takes it will.
  const { duty } = population;
  if (duty.adopted.has(id.toHex()) || watch.misledJobs.has(account.jobId)) return;
  const isOurs = controllers.length === 1 && controllers[0]?.compareTo(world.managerId) === 'eq';
  promise(isOurs && !module, 'vacant canisters are empty', () => `${label()}: ${shown(module)}`);
}
