import { Principal } from '@dfinity/principal';
import { describe, expect, test } from 'vitest';
import { alice, bob, operator, user } from '../../support/manager-fixture.ts';
import { adoptCanister, findOrphans, management, nextRequest } from '../support/pool.ts';
import {
  createForeign,
  expectAllAccountedFor,
  fault,
  lost,
  minuteMs,
  settleJobWith,
} from './support-creations.ts';
import { managerAsDeployed } from '../support/manager-as-deployed.ts';

const fixture = managerAsDeployed();

describe('a canister that nobody accounts for', () => {
  /** The network loses the answer, and executes the creation only after everybody has given it up: the IC never does. */
  function makeOrphan(): Principal {
    const job = settleJobWith(fixture, { kind: 'applyLater', milliseconds: 24 * 60 * minuteMs });
    fixture.expectProvisioned(job.id, alice);
    fixture.network.runFor(48 * 60 * minuteMs);
    const [greeterId] = job.greeterId;
    const [orphan] = fixture.created().filter((id) => id.toText() !== greeterId?.toText());
    if (!orphan) throw new Error('no orphan');
    return orphan;
  }

  test('is found with its cycles, and becomes vacant when it is adopted', () => {
    const orphan = makeOrphan();
    createForeign(fixture, 30);
    const scan = findOrphans(fixture);
    expect(scan.failure).toEqual([]);
    expect(scan.endedAt).toHaveLength(1);
    expect(scan.orphans.map(({ canisterId }) => canisterId.toText())).toEqual([orphan.toText()]);
    expect(scan.orphans[0]?.cycles).toEqual([fixture.network.canister(orphan).cycles]);

    expect(adoptCanister(fixture, orphan)).toMatchObject({ Ok: { state: { adopted: null } } });
    expect(findOrphans(fixture).orphans).toEqual([]);
    expectAllAccountedFor(fixture);
    fixture.network.runFor(60 * minuteMs);
    const { id } = fixture.createGreeter(bob);
    fixture.settle(id);
    fixture.expectProvisioned(id, bob);
    expect(fixture.job(id).greeterId.map(String)).toEqual([orphan.toText()]);
  });

  test('is adopted with an id far above all others, and creations are found as before', () => {
    const bytes = fixture.managerId.toUint8Array().slice();
    bytes[6] = 0x10;
    const far = management(fixture, user(7)).createCanister({
      specifiedId: Principal.fromUint8Array(bytes),
      settings: { controllers: [fixture.managerId] },
    });
    expect(adoptCanister(fixture, far)).toMatchObject({ Ok: { state: { adopted: null } } });
    fault(fixture, 'create_canister', lost, 1);
    const { id } = fixture.createGreeter(alice);
    const job = fixture.settle(id);
    fixture.expectProvisioned(id, alice);
    expect(job.steps[0]?.attempt).toBe(1);
  });

  /** Moves the freezing limit, so that only so many cycles remain above it: enough to run, not enough to call. */
  function setAvailable(cycles?: bigint): void {
    const controller = management(fixture, operator);
    const perDay = controller.canisterStatus(fixture.managerId).idle_cycles_burned_per_day;
    const limit = fixture.network.canister(fixture.managerId).cycles - (cycles ?? 0n);
    const seconds = cycles === undefined ? 2_592_000n : (limit * 86_400n) / perDay;
    controller.updateSettings(fixture.managerId, { freezing_threshold: seconds });
  }

  test('is asked about again under the same request id, if the network did not take the question', () => {
    const orphan = makeOrphan();
    setAvailable(60_000_000_000n);
    const request = nextRequest();
    expect(adoptCanister(fixture, orphan, undefined, request)).toMatchObject({ Err: { NotSent: {} } });
    expect(adoptCanister(fixture, orphan, undefined, request)).toMatchObject({ Err: { NotSent: {} } });
    setAvailable();
    const adopted = adoptCanister(fixture, orphan, undefined, request);
    expect(adopted).toMatchObject({ Ok: { state: { adopted: null } } });
  });
});
