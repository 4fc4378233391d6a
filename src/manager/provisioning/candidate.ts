import { BinaryReader, BinaryWriter } from '../../saga/index.ts';
import { unfitReasons } from '../vacancies/vacancy.ts';
import type { UnfitReason } from '../vacancies/vacancy.ts';

/** Looks at a candidate before the job gives it up. Starting, emptying, filling and looking again takes four. */
export const maximumLooks = 4;

/**
 * A vacant canister the job may take instead of creating one, and what is to be done with it next:
 * - `offered`: look whether it is as a vacant canister must be.
 * - `stopped`: it does not run; start it, and look again.
 * - `occupied`: it has a module; uninstall it, and look again.
 * - `poor`: it has too few cycles; give it the difference, and look again.
 * - `returned`: the job does without it, and it goes back to the others.
 * - `unseen`: it could not be looked at or started, so it goes back at once, and the job creates a canister rather
 *   than having the same trouble with each of the others.
 * - `unfit`: it must not be given to anybody.
 */
export type Candidate =
  | {
      readonly kind: 'offered' | 'stopped' | 'occupied';
      readonly canisterId: Uint8Array;
      readonly looks: number;
    }
  | {
      readonly kind: 'poor';
      readonly canisterId: Uint8Array;
      readonly looks: number;
      readonly missingCycles: bigint;
    }
  | { readonly kind: 'returned' | 'unseen'; readonly canisterId: Uint8Array }
  | { readonly kind: 'unfit'; readonly canisterId: Uint8Array; readonly reason: UnfitReason };

/** A candidate the job still may take. */
export type OpenCandidate = Extract<Candidate, { readonly looks: number }>;

export function isOpenCandidate(candidate: Candidate | undefined): candidate is OpenCandidate {
  return candidate !== undefined && 'looks' in candidate;
}

/** Stored by place: append only. */
const kinds = ['offered', 'occupied', 'poor', 'returned', 'unfit', 'unseen', 'stopped'] as const;

/** The part of the facts' format that holds a candidate. */
export function encodeCandidate(candidate: Candidate): Uint8Array {
  const writer = new BinaryWriter().u8(kinds.indexOf(candidate.kind)).bytes(candidate.canisterId);
  if ('looks' in candidate) writer.u8(candidate.looks);
  if (candidate.kind === 'poor') writer.natural(candidate.missingCycles);
  if (candidate.kind === 'unfit') writer.u8(unfitReasons.indexOf(candidate.reason));
  return writer.finish();
}

export function decodeCandidate(bytes: Uint8Array): Candidate {
  const reader = new BinaryReader(bytes);
  const candidate = readCandidate(reader);
  reader.finish();
  return candidate;
}

function readCandidate(reader: BinaryReader): Candidate {
  const kind = reader.word(kinds);
  const canisterId = reader.bytes();
  switch (kind) {
    case 'offered':
    case 'stopped':
    case 'occupied':
      return { kind, canisterId, looks: reader.u8() };
    case 'poor':
      return { kind, canisterId, looks: reader.u8(), missingCycles: reader.natural() };
    case 'returned':
    case 'unseen':
      return { kind, canisterId };
    case 'unfit':
      return { kind, canisterId, reason: reader.word(unfitReasons) };
  }
}
