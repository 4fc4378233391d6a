import { canisterSelf } from 'azle';
import { BinaryWriter } from '../../saga/index.ts';
import { canisterNumberOf } from '../management-canister/canister-number.ts';
import { creationMarkKey } from '../storage/keys.ts';
import { records } from '../storage/memory.ts';
import { versionedReader } from '../storage/versioned-reader.ts';

const schemaVersion = 1;

/** How far the numbers reach of the canisters that the Manager created. */
interface CreationMark {
  readonly highest: bigint;
  /** The canister of the latest creation whose answer came, and the Manager's version when it was sent. */
  readonly latest: { readonly number: bigint; readonly hostVersion: bigint };
}

/**
 * The Manager has learned of a canister it created.
 *
 * @param hostVersion the Manager's version when the creation was sent; undefined when nobody remembers
 */
export function noteCreation(canisterId: Uint8Array, hostVersion: bigint | undefined): void {
  const number = canisterNumberOf(canisterId);
  if (number === undefined) return;
  const mark = readMark() ?? { highest: number, latest: { number: 0n, hostVersion: 0n } };
  const isLatest = hostVersion !== undefined && hostVersion >= mark.latest.hostVersion;
  writeMark({
    highest: number > mark.highest ? number : mark.highest,
    latest: isLatest ? { number, hostVersion } : mark.latest,
  });
}

/** The Manager's own number: whatever it created was created later. */
export function numberOfManager(): bigint {
  return canisterNumberOf(canisterSelf().toUint8Array()) ?? 0n;
}

/** A number that every canister created from now on will exceed. */
export function highestKnownNumber(): bigint {
  const own = numberOfManager();
  const highest = readMark()?.highest ?? 0n;
  return highest > own ? highest : own;
}

/** The number of a canister that was created after what was sent at `hostVersion`, if one is known. */
export function numberCreatedAfter(hostVersion: bigint): bigint | undefined {
  const latest = readMark()?.latest;
  return latest && latest.hostVersion > hostVersion ? latest.number : undefined;
}

function readMark(): CreationMark | undefined {
  const bytes = records.get(creationMarkKey());
  if (!bytes) return undefined;
  const reader = versionedReader('creation mark', bytes, schemaVersion);
  return { highest: reader.u64(), latest: { number: reader.u64(), hostVersion: reader.u64() } };
}

function writeMark({ highest, latest }: CreationMark): void {
  const writer = new BinaryWriter().u8(schemaVersion).u64(highest);
  records.set(creationMarkKey(), writer.u64(latest.number).u64(latest.hostVersion).finish());
}
