import type { Principal } from '@dfinity/principal';
import { concatBytes, domainSeparator, toHex } from './bytes.ts';
import type { Envelope, SignedDelegation } from './envelope.ts';
import { formatTime } from './format-time.ts';
import { HttpApiError } from './http-api-error.ts';
import { signatureDefect } from './signature.ts';

/** Source: IC interface spec, 'Authentication'. */
export const maximumDelegations = 20;
/** Source: IC interface spec, 'Authentication'. */
export const maximumDelegationTargets = 1000;

const delegationSeparator = domainSeparator('ic-request-auth-delegation');

/** Where a valid chain leads. */
export interface DelegatedKey {
  /** The key that signs the request. */
  readonly pubkey: Uint8Array;
  /** The canisters every link allows; absent: all. */
  readonly targets: readonly Principal[] | undefined;
  /** Some link allows no update calls. */
  readonly queriesOnly: boolean;
}

/**
 * Follows a chain from the sender's key to the one that signs.
 *
 * Source: IC interface spec, 'Authentication'; texts: dfinity/ic `rs/validator/src/ingress_validation.rs`.
 *
 * @throws HttpApiError INVALID_DELEGATION, INVALID_DELEGATION_EXPIRY
 */
export function followDelegations(
  { delegations }: Envelope,
  senderPubkey: Uint8Array,
  context: { readonly timeNanos: bigint; readonly rootKeyDer: Uint8Array },
): DelegatedKey {
  checkShape(delegations, senderPubkey, context.timeNanos);
  let key: DelegatedKey = { pubkey: senderPubkey, targets: undefined, queriesOnly: false };
  for (const delegation of delegations) {
    const signed = concatBytes(delegationSeparator, delegation.hash);
    const defect = signatureDefect(key.pubkey, signed, delegation.signature, context.rootKeyDer);
    if (defect !== undefined) throw invalid(defect);
    key = {
      pubkey: delegation.pubkey,
      targets: intersection(key.targets, delegation.targets),
      queriesOnly: key.queriesOnly || delegation.permissions === 'queries',
    };
  }
  return key;
}

/** Everything that is checked before the first signature, because signatures take time. */
function checkShape(
  delegations: readonly SignedDelegation[],
  senderPubkey: Uint8Array,
  timeNanos: bigint,
): void {
  if (delegations.length > maximumDelegations) {
    throw invalid(
      `Chain of delegations is too long: got ${delegations.length} delegations, but at most ${maximumDelegations} are allowed.`,
    );
  }
  for (const { expiration } of delegations) {
    if (expiration >= timeNanos) continue;
    throw new HttpApiError(
      'INVALID_DELEGATION_EXPIRY',
      'Invalid delegation expiry: Specified sender delegation has expired:\n' +
        `Provided expiry:    ${formatTime(expiration)}\nLocal replica time: ${formatTime(timeNanos)}`,
    );
  }
  const seen = new Set([toHex(senderPubkey)]);
  for (const { pubkey, targets, permissions } of delegations) {
    const key = toHex(pubkey);
    if (seen.has(key)) {
      throw invalid(
        `Chain of delegations contains at least one cycle: first repeating public key encountered ${key}`,
      );
    }
    seen.add(key);
    if (targets !== undefined && targets.length > maximumDelegationTargets) {
      throw invalid(
        `Delegation target error: expected at most ${maximumDelegationTargets} targets per delegation, but got ${targets.length}`,
      );
    }
    if (permissions !== undefined && permissions !== 'queries' && permissions !== 'all') {
      throw invalid(`permissions must be "queries" or "all", not "${permissions}"`);
    }
  }
}

function intersection(
  some: readonly Principal[] | undefined,
  others: readonly Principal[] | undefined,
): readonly Principal[] | undefined {
  if (some === undefined || others === undefined) return some ?? others;
  const ids = new Set(others.map((id) => id.toHex()));
  return some.filter((id) => ids.has(id.toHex()));
}

function invalid(detail: string): HttpApiError {
  return new HttpApiError('INVALID_DELEGATION', `Invalid delegation: ${detail}`);
}
