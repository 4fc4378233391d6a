import { canisterSelf } from 'azle';
import { nowMs } from '../clock.ts';
import { tellJob } from '../jobs.ts';
import { decodeCanisterInfoWithBirth } from '../management-canister/canister-info.ts';
import { decodeCanisterStatus } from '../management-canister/canister-status.ts';
import { birthTagOf, sagaIdOfBirthTag, strangeControllers, strangenessOf } from '../provisioning/birth.ts';
import type { CallAnswer } from '../provisioning/call-answer.ts';
import { creationUnderWay } from '../provisioning/creation-under-way.ts';
import { canisterAccount } from '../registry/canisters.ts';
import { noteCreation } from '../registry/creation-mark.ts';
import { sagas } from '../sagas.ts';
import { takeInAdopted } from '../vacancies/follow-job.ts';
import { isWithoutCanister } from './adopt-canister.ts';
import { readAdoption, writeAdoption } from './adoption.ts';
import type { AdoptionState } from './adoption.ts';

type Finding = { readonly state: Exclude<AdoptionState, 'reading'>; readonly evidence: string };

/** The network has said what it knows of a canister that an operator wants adopted. */
export function finishAdoption(canisterId: Uint8Array, answer: CallAnswer): void {
  const adoption = readAdoption(canisterId);
  if (adoption?.state !== 'reading') return;
  const { jobId } = adoption;
  const found = jobId === 0n ? becomeVacant(canisterId, answer) : becomeOfJob(canisterId, jobId, answer);
  writeAdoption(canisterId, { ...adoption, ...found, atMs: nowMs() });
}

function becomeVacant(canisterId: Uint8Array, answer: CallAnswer): Finding {
  if (answer.kind === 'reject') return refused(`canister_status: ${answer.message}`);
  const status = decodeCanisterStatus(answer.bytes);
  if (!status) return refused('canister_status answered something that is not its reply');
  const strange = strangeControllers(status.controllers, canisterSelf().toUint8Array());
  if (strange !== undefined) return refused(strange);
  const account = canisterAccount(canisterId);
  if (account && account.use !== 'unfit') return refused(`it is ${account.use} by now`);
  const bornFor = sagaIdOfBirthTag(status.birthTag ?? '');
  const parent = bornFor === undefined ? undefined : sagas.get(bornFor);
  if (parent && creationUnderWay(parent)) {
    return refused(`job ${parent.id} is about to learn of it; to give it to that job now, name the job`);
  }
  takeInAdopted(canisterId, status.cycles);
  return { state: 'adopted', evidence: 'canister_status: the Manager is its only controller' };
}

function becomeOfJob(canisterId: Uint8Array, jobId: bigint, answer: CallAnswer): Finding {
  if (answer.kind === 'reject') return refused(`canister_info: ${answer.message}`);
  const info = decodeCanisterInfoWithBirth(answer.bytes);
  if (!info) return refused('canister_info answered something that is not its reply');
  const job = sagas.get(jobId);
  if (!job || !isWithoutCanister(job)) return refused(`job ${jobId} does not wait for a canister any more`);
  if (canisterAccount(canisterId)) return refused('it is accounted for by now');
  const hostVersion = job.steps[job.cursor]?.unknownAttempt?.hostVersion ?? 0n;
  const managerId = canisterSelf().toUint8Array();
  const strange = strangenessOf(info, { managerId, hostVersion, birthTag: birthTagOf(jobId) });
  if (strange !== undefined) return refused(strange);
  const evidence = 'canister_info: it bears the birth tag of this job and attempt';
  noteCreation(canisterId, hostVersion);
  tellJob(jobId, { type: 'resolve', finding: 'applied', evidence, learned: { greeterId: canisterId } });
  return { state: 'adopted', evidence };
}

function refused(evidence: string): Finding {
  return { state: 'refused', evidence };
}
