import { bytesEqual, principalText } from '../bytes.ts';
import { birthTagHash } from '../management-canister/birth-tag.ts';
import type { CanisterInfoWithBirth } from '../management-canister/canister-info.ts';

/** What must be true of the canister that one particular attempt created. */
export interface ExpectedBirth {
  readonly managerId: Uint8Array;
  /** The Manager's version when the attempt was made. */
  readonly hostVersion: bigint;
  readonly birthTag: string;
}

/** What is stamped on a new canister so that it can be recognised later. */
export function birthTagOf(sagaId: bigint): string {
  return sagaId.toString();
}

/** The saga whose creation stamped this on a canister; undefined when it is no birth tag. */
export function sagaIdOfBirthTag(birthTag: string): bigint | undefined {
  return /^[1-9][0-9]{0,18}$/.test(birthTag) ? BigInt(birthTag) : undefined;
}

/**
 * Why a canister is not the untouched child of an attempt; undefined when it is. All of it is what the network wrote
 * down, not what the canister or anybody else says.
 */
export function strangenessOf(
  { controllers, moduleHash, totalChanges, birth }: CanisterInfoWithBirth,
  { managerId, hostVersion, birthTag }: ExpectedBirth,
): string | undefined {
  if (!birth) return 'its history does not tell its creation';
  if (!birth.creator || !bytesEqual(birth.creator, managerId)) return 'the Manager did not create it';
  if (birth.creatorVersion !== hostVersion) {
    const version = birth.creatorVersion ?? 'none';
    return `it was created at version ${version} of the Manager, and the attempt was made at ${hostVersion}`;
  }
  const hash = birth.environmentVariablesHash;
  if (!hash || !bytesEqual(hash, birthTagHash(birthTag))) return `its birth tag is not ${birthTag}`;
  if (moduleHash) return 'it has a module';
  if (totalChanges !== 1n) return 'it was changed since its creation';
  return strangeControllers(controllers, managerId);
}

/** Why a canister is not the Manager's alone; undefined when it is. */
export function strangeControllers(
  controllers: readonly Uint8Array[],
  managerId: Uint8Array,
): string | undefined {
  const [controller] = controllers;
  const isSole = controller && controllers.length === 1 && bytesEqual(controller, managerId);
  return isSole ? undefined : `its controllers are ${controllers.map(principalText).join(' ') || 'none'}`;
}
