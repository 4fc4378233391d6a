import type { Verdict } from '../../saga/index.ts';
import { principalText } from '../bytes.ts';
import { maximumSearchedNumbers } from '../limits.ts';
import { decodeCanisterInfoWithBirth } from '../management-canister/canister-info.ts';
import { canisterIdOfNumber } from '../management-canister/canister-number.ts';
import type { ProvisioningAction } from './action.ts';
import { creationTimeMarginMs, judgeReadings, numbersToRead } from './birth-search.ts';
import type { BirthSearch, Finding, Reading, SearchVerdict } from './birth-search.ts';
import { birthTagOf, strangenessOf } from './birth.ts';
import { saysNoSuchCanister } from './call-answer.ts';
import type { CallAnswer } from './call-answer.ts';
import { isOpenCandidate } from './candidate.ts';
import type { ProvisioningFacts } from './facts.ts';
import type { ProvisioningSaga } from './provisioning-step.ts';

/** How to find out what became of an attempt at `create` whose outcome is unknown. */
export function searchForCreation(saga: ProvisioningSaga): ProvisioningAction {
  const { candidate } = saga.facts;
  if (isOpenCandidate(candidate)) return { kind: 'returnCandidate', canisterId: candidate.canisterId };
  return { kind: 'searchBirth', ...numbersToRead(birthSearchOf(saga)) };
}

/** Whose child is looked for. */
export interface SoughtBirth {
  readonly managerId: Uint8Array;
  /** The Manager's version when the creation was sent. */
  readonly hostVersion: bigint;
  /** When the creation was sent. */
  readonly sentAtMs: number;
  readonly sagaId: bigint;
}

/** What the answer of `canister_info` about one number says. */
export function readFinding(
  answer: CallAnswer,
  { managerId, hostVersion, sentAtMs, sagaId }: SoughtBirth,
): Finding {
  if (answer.kind === 'reject') return saysNoSuchCanister(answer) ? 'missing' : 'unread';
  const info = decodeCanisterInfoWithBirth(answer.bytes);
  if (!info) return 'unread';
  const expected = { managerId, hostVersion, birthTag: birthTagOf(sagaId) };
  if (strangenessOf(info, expected) === undefined) return 'ours';
  const { existedAtMs = sentAtMs } = info;
  return existedAtMs < sentAtMs - creationTimeMarginMs ? 'older' : 'other';
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
        evidence: `canister_info: none of the canisters made between this attempt and ${throughText(search)}, which a later call made, is this job's`,
      };
    case 'further':
      return {
        kind: 'unfinished',
        evidence: `canister_info: not found yet from ${throughText(search)} down to ${idText(verdict.next + 1n)}`,
        learned: { searchNext: verdict.next },
      };
    case 'unread':
      return unreadable('evidenceRejected', `canister_info of ${idText(verdict.number)} told nothing`);
    case 'noLaterCreation':
      return unreadable('noLaterCreation', 'no canister is known that was created after this attempt');
    case 'tooFar':
      return {
        kind: 'undecided',
        evidence:
          `a canister with environment variable SAGA_ID=${birthTagOf(saga.id)} may exist below ${idText(verdict.next + 1n)}, ` +
          `the last of ${maximumSearchedNumbers} ids from ${fromText(search)} down; adoptCanister takes it if it is found, retryJob reads on`,
        learned: { searchNext: verdict.next, searchFrom: verdict.next },
      };
  }
}

function unreadable(code: string, message: string): Verdict<ProvisioningFacts> {
  return { kind: 'unreadable', error: { class: 'retryable', code, message } };
}

function birthSearchOf({ id, facts }: ProvisioningSaga): BirthSearch {
  const { highestNumberBefore, searchNext = 0n, searchFrom = 0n, searchThrough: through = 0n } = facts;
  if (highestNumberBefore === undefined) throw new Error(`job ${id}: no creation to search for`);
  if (through <= highestNumberBefore) return { highestNumberBefore };
  return {
    highestNumberBefore,
    range: {
      through,
      from: searchFrom > highestNumberBefore ? searchFrom : through,
      next: searchNext > highestNumberBefore ? searchNext : through,
    },
  };
}

function throughText({ range }: BirthSearch): string {
  return range ? idText(range.through) : 'none';
}

function fromText({ range }: BirthSearch): string {
  return range ? idText(range.from) : 'none';
}

function idText(number: bigint): string {
  return principalText(canisterIdOfNumber(number));
}
