import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { info } from '../../../src/localnet/management/candid-history.ts';
import type { CandidChange } from '../../../src/localnet/management/candid-history.ts';
import { birthTagHash } from '../../../src/manager/management-canister/birth-tag.ts';
import { creationTimeMarginMs } from '../../../src/manager/provisioning/birth-search.ts';
import { readFinding } from '../../../src/manager/provisioning/find-creation.ts';
import type { Finding } from '../../../src/manager/provisioning/birth-search.ts';

const manager = Principal.fromText('rwlgt-iiaaa-aaaaa-aaaaa-cai');
const stranger = Principal.selfAuthenticating(new Uint8Array([7]));
const sentAtMs = 1_800_000_000_000;
const sought = { managerId: manager.toUint8Array(), hostVersion: 9n, sentAtMs, sagaId: 17n };

/** What the search makes of a canister with these changes. */
function findingOf(changes: readonly CandidChange[], controllers = [stranger]): Finding {
  const reply = {
    total_num_changes: BigInt(changes.length),
    recent_changes: [...changes],
    module_hash: [],
    controllers,
  };
  return readFinding({ kind: 'reply', bytes: IDL.encode([info], [reply]), cyclesRefunded: 0n }, sought);
}

function foreign(atMs: number, kind: 'creation' | 'code_uninstall'): CandidChange {
  return {
    timestamp_nanos: BigInt(atMs) * 1_000_000n,
    canister_version: 1n,
    origin: { from_user: { user_id: stranger } },
    details:
      kind === 'creation'
        ? { creation: { controllers: [stranger], environment_variables_hash: [] } }
        : { code_uninstall: null },
  };
}

function child(atMs: number, hostVersion: bigint): CandidChange {
  return {
    timestamp_nanos: BigInt(atMs) * 1_000_000n,
    canister_version: 1n,
    origin: { from_canister: { canister_id: manager, canister_version: [hostVersion] } },
    details: { creation: { controllers: [manager], environment_variables_hash: [birthTagHash('17')] } },
  };
}

describe('a canister id met in the search for a creation', () => {
  test('is ours if this very attempt made it', () => {
    expect(findingOf([child(sentAtMs + 3, 9n)], [manager])).toBe('ours');
    expect(findingOf([child(sentAtMs + 3, 8n)], [manager])).toBe('other');
  });

  test('is older exactly if it shows a change from before the attempt, less a margin', () => {
    const distances = fc.array(fc.integer({ min: -1_000_000, max: 1_000_000 }), { maxLength: 5 });
    fc.assert(
      fc.property(distances, fc.boolean(), (offsets, tellsCreation) => {
        const times = [...offsets].sort((left, right) => left - right).map((offset) => sentAtMs + offset);
        const changes = times.map((atMs, index) =>
          foreign(atMs, index === 0 && tellsCreation ? 'creation' : 'code_uninstall'),
        );
        const isOlder = times.some((atMs) => atMs < sentAtMs - creationTimeMarginMs);
        expect(findingOf(changes)).toBe(isOlder ? 'older' : 'other');
      }),
    );
  });

  test('is missing when there is none, and unread when the network says something else', () => {
    const reject = (code: number, message: string): Finding =>
      readFinding({ kind: 'reject', code, message, cyclesRefunded: 0n }, sought);
    expect(reject(3, 'IC0301: Canister not found.')).toBe('missing');
    expect(reject(3, 'IC0303: no subnet hosts it')).toBe('unread');
    expect(reject(2, 'IC0301')).toBe('unread');
    expect(readFinding({ kind: 'reply', bytes: new Uint8Array(3), cyclesRefunded: 0n }, sought)).toBe(
      'unread',
    );
  });
});
