import { beforeEach, describe, expect, test } from 'vitest';
import { managementCanisterId, managementClient } from '../../src/localnet/index.ts';
import { MyAdmission } from '../../src/manager/candid/admission.ts';
import { program } from '../localnet/support/program.ts';
import { programmableCanister } from '../localnet/support/programmable-canister.ts';
import { ManagerFixture, operator, tag } from '../support/manager-fixture.ts';
import { jobVerb } from './operators/support-jobs.ts';
import { cancelJob } from './support/pool.ts';

/* Who is admitted under which policy is tested in tests/pocket-ic/manager/admission-policies.test.ts. */

const trillion = 1_000_000_000_000n;
const price = 2n * trillion;
const fixture = new ManagerFixture();
const { network, managerId } = fixture;
const management = managementClient(network, operator);
const buyer = management.createCanister({ cycles: 1_000n * trillion });
management.installCode(buyer, { module: programmableCanister() });
fixture.configure({ admission: { paid: { priceCycles: price } } });
const deployed = network.checkpoint();

beforeEach(() => {
  network.restore(deployed);
});

/** The buyer, a canister, pays for a Greeter. */
function buy(): void {
  const arg = fixture.encodeCreateGreeter();
  const call = { to: managerId, method: 'createGreeter', arg, cycles: price, onReply: program().reply() };
  const run = program().call(call).bytes;
  network.update({ sender: operator, canisterId: buyer, method: 'run', arg: run });
}

function creditCycles(): bigint {
  return (fixture.query(buyer, 'getMyAdmission', [], MyAdmission, []) as { creditCycles: bigint })
    .creditCycles;
}

describe('the policy paid', () => {
  test('gives back all of it when the creation of a job that is being cancelled was refused', () => {
    network.faults.add(
      { callee: managementCanisterId, method: 'create_canister' },
      { kind: 'delay', milliseconds: 60_000 },
    );
    buy();
    network.run();
    expect(tag(cancelJob(fixture, 1n))).toBe('Ok');
    // What was attached comes back with the very answer that ends the job.
    network.setCreationFee(100n * trillion);
    expect(tag(fixture.settle(1n).status)).toBe('compensated');
    expect(creditCycles()).toBeGreaterThan(price - trillion / 100n);
  });

  test('gives the price back, too, when an operator ends the job', () => {
    const rejection = { rejectCode: 2, errorCode: 'IC0204', message: 'busy' } as const;
    const match = { callee: managementCanisterId, method: 'create_canister' };
    network.faults.add(match, { kind: 'reject', rejection });
    buy();
    network.run();
    expect(tag(jobVerb(fixture, 'terminateJob', 1n))).toBe('Ok');
    expect(tag(fixture.job(1n).status)).toBe('terminated');
    expect(creditCycles()).toBe(price);
    expect(fixture.stats()).toMatchObject({ cyclesReserved: 0n });
  });
});
