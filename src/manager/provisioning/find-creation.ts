import type { Verdict } from '../../saga/index.ts';
import { principalText } from '../bytes.ts';
import { maximumSearchedNumbers } from '../limits.ts';
import { decodeCanisterInfoWithBirth } from '../management-canister/canister-info.ts';
import { canisterIdOfNumber } from '../management-canister/canister-number.ts';
import type { ProvisioningAction } from './action.ts';
import { judgeReadings } from './birth-search.ts';
import type { BirthSearch, Finding, Reading, SearchVerdict } from './birth-search.ts';
import { birthTagOf, strangenessOf } from './birth.ts';
import type { CallAnswer } from './call-answer.ts';
import { isOpenCandidate } from './candidate.ts';
import type { ProvisioningFacts } from './facts.ts';
import type { ProvisioningSaga } from './provisioning-step.ts';

/** How to find out what became of an attempt at `create` whose outcome is unknown. */
export function searchForCreation(saga: ProvisioningSaga): ProvisioningAction {
  const { candidate } = saga.facts;
  if (isOpenCandidate(candidate)) return { kind: 'returnCandidate', canisterId: candidate.canisterId };
  const { next: from, through } = birthSearchOf(saga);
  return { kind: 'searchBirth', from, ...(through === undefined ? {} : { through }) };
}

/** Whose child is looked for. */
export interface SoughtBirth {
  readonly managerId: Uint8Array;
  /** The Manager's version when the creation was sent. */
  readonly hostVersion: bigint;
  readonly sagaId: bigint;
}

/** What the answer of `canister_info` about one number says. */
export function readFinding(answer: CallAnswer, { managerId, hostVersion, sagaId }: SoughtBirth): Finding {
  if (answer.kind === 'reject') return answer.code === 3 ? 'missing' : 'unread';
  const info = decodeCanisterInfoWithBirth(answer.bytes);
  if (!info) return 'unread';
  const expected = { managerId, hostVersion, birthTag: birthTagOf(sagaId) };
  return strangenessOf(info, expected) === undefined ? 'ours' : 'other';
}

/** What a whole stretch says about the attempt. */
export function judgeCreation(
  saga: ProvisioningSaga,
  readings: readonly Reading[],
): Verdict<ProvisioningFacts> {
  const search = birthSearchOf(saga);
  return verdictOf(judgeReadings(search, readings, BigInt(maximumSearchedNumbers)), search, saga);
}

function verdictOf(
  verdict: SearchVerdict,
  search: BirthSearch,
  saga: ProvisioningSaga,
): Verdict<ProvisioningFacts> {
  switch (verdict.kind) {
    case 'found': {
      const greeterId = canisterIdOfNumber(verdict.number);
      const evidence = `canister_info: ${principalText(greeterId)} bears the birth tag of this job and attempt`;
      return { kind: 'applied', evidence, learned: { greeterId } };
    }
    case 'absent':
      return {
        kind: 'notApplied',
        evidence: `canister_info: none of the canisters ${rangeText(search)} was made for this job, and a later call made the last of them`,
      };
    case 'further':
      return {
        kind: 'unfinished',
        evidence: `canister_info: not found yet among ${(verdict.next - search.highestNumberBefore - 1n).toString()} canister ids`,
        learned: { searchNext: verdict.next },
      };
    case 'unread':
      return unreadable('evidenceRejected', `canister_info of ${idText(verdict.number)} told nothing`);
    case 'frontier':
      return unreadable(
        'noLaterCreation',
        `no canister is known that was created after this attempt; ${idText(verdict.number)} does not exist`,
      );
    case 'tooFar':
      return {
        kind: 'undecided',
        evidence:
          `a canister with environment variable SAGA_ID=${birthTagOf(saga.id)} may exist beyond ` +
          `${maximumSearchedNumbers} ids from ${idText(search.highestNumberBefore)} on; adoptCanister takes it if it is found`,
      };
  }
}

function unreadable(code: string, message: string): Verdict<ProvisioningFacts> {
  return { kind: 'unreadable', error: { class: 'retryable', code, message } };
}

function birthSearchOf({ id, facts }: ProvisioningSaga): BirthSearch {
  const { highestNumberBefore, searchNext, searchThrough = 0n } = facts;
  if (highestNumberBefore === undefined) throw new Error(`job ${id}: no creation to search for`);
  return {
    highestNumberBefore,
    next: searchNext ?? highestNumberBefore + 1n,
    ...(searchThrough > highestNumberBefore ? { through: searchThrough } : {}),
  };
}

function rangeText({ highestNumberBefore, through = 0n }: BirthSearch): string {
  return `after ${idText(highestNumberBefore)} up to ${idText(through)}`;
}

function idText(number: bigint): string {
  return principalText(canisterIdOfNumber(number));
}
