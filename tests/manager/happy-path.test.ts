import { describe, expect, test } from 'vitest';
import { alice, ManagerFixture, tag } from '../support/manager-fixture.ts';

/* What users and operators see of it is tested in tests/pocket-ic/manager.test.ts. */

describe('createGreeter on the real Wasm', () => {
  test('bears the birth tag until the handover: the job in an environment variable, the Manager and its version in the history', () => {
    const fixture = new ManagerFixture();
    const { id } = fixture.createGreeter(alice);
    while (fixture.job(id).greeterId.length === 0) fixture.network.step();
    const [greeterId] = fixture.job(id).greeterId;
    if (!greeterId) throw new Error('no Greeter');
    const { settings, history } = fixture.network.canister(greeterId);
    expect(settings.environmentVariables).toEqual([{ name: 'SAGA_ID', value: id.toString() }]);
    expect(history[0]).toMatchObject({ details: { kind: 'creation' }, origin: { kind: 'canister' } });
    fixture.settle(id);
    expect(fixture.network.canister(greeterId).settings.environmentVariables).toEqual([]);
  });

  test('commits the canister id in a message of its own, before anything else is done with the canister', () => {
    const fixture = new ManagerFixture();
    const { id } = fixture.createGreeter(alice);
    let idKnownAtStep: bigint | undefined;
    const sent: string[] = [];
    while (fixture.network.step()) {
      const job = fixture.job(id);
      if (job.greeterId.length === 1 && idKnownAtStep === undefined) {
        idKnownAtStep = job.version;
        sent.push(...job.steps.map(({ name, state }) => `${tag(name)} ${tag(state)}`));
      }
    }
    expect(sent).toEqual(['create succeeded', 'install pending', 'handover pending', 'register pending']);
  });
});
