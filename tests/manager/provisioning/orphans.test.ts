import { Principal } from '@dfinity/principal';
import { beforeEach, describe, expect, test } from 'vitest';
import { alice, bob, managerModule, ManagerFixture, operator, user } from '../../support/manager-fixture.ts';
import { adoptCanister, findOrphans, management, nextRequest, vacantCanisters } from '../support/pool.ts';
import {
  busy,
  createForeign,
  expectAllAccountedFor,
  fault,
  lost,
  minuteMs,
  settleJobWith,
} from './support-creations.ts';

const fixture = new ManagerFixture();
const deployed = fixture.network.checkpoint();

beforeEach(() => {
  fixture.network.restore(deployed);
});

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

  test('is found also after the Manager was reinstalled and has forgotten everything', () => {
    fault(fixture, 'install_chunked_code', busy);
    const { id } = fixture.createGreeter(alice);
    fixture.settle(id);
    const [forgotten] = fixture.created();
    if (!forgotten) throw new Error('no canister');
    management(fixture, operator).installCode(fixture.managerId, {
      module: managerModule,
      mode: 'reinstall',
    });
    fixture.network.run();
    const found = (from?: Principal): string[] =>
      findOrphans(fixture, from).orphans.map(({ canisterId }) => canisterId.toText());
    expect(found()).toEqual([forgotten.toText()]);
    expect(found(forgotten)).toEqual([forgotten.toText()]);
  });

  test('is not among those that are bound, registered, vacant, or somebody else’s', () => {
    createForeign(fixture, 3);
    const { id } = fixture.createGreeter(alice);
    fixture.settle(id);
    fixture.configure({ warmCanisters: 2 });
    fixture.network.run();
    createForeign(fixture, 9);
    const scan = findOrphans(fixture);
    expect(scan.orphans).toEqual([]);
    expect(scan.idsRead).toBeGreaterThanOrEqual(12n);
    expect(scan.endedAt).toHaveLength(1);
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

  test('cannot be adopted when it is somebody else’s, or accounted for', () => {
    const { id } = fixture.createGreeter(alice);
    const [greeterId] = fixture.settle(id).greeterId;
    const stranger = management(fixture, user(7)).createCanister();
    if (!greeterId) throw new Error('no Greeter');
    expect(adoptCanister(fixture, stranger)).toMatchObject({ Ok: { state: { refused: null } } });
    expect(adoptCanister(fixture, greeterId)).toMatchObject({
      Err: { AccountedFor: { use: 'registered', jobId: [id] } },
    });
    expect(adoptCanister(fixture, user(9))).toMatchObject({
      Err: { InvalidRequest: { field: 'canisterId' } },
    });
    expect(vacantCanisters(fixture)).toEqual([]);
  });
});
