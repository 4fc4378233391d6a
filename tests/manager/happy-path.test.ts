import { describe, expect, test } from 'vitest';
import { alice, bob, greeterModule, ManagerFixture, tag } from '../support/manager-fixture.ts';

describe('createGreeter on the real Wasm', () => {
  test('gives the caller a Greeter of their own that greets', () => {
    const fixture = new ManagerFixture({ template: greeterModule });
    const accepted = fixture.createGreeter(alice);
    expect(tag(accepted.status)).toBe('queued');
    expect(accepted.summary).toBe(
      'Accepted. Waiting for a free place. Then it starts creating the canister.',
    );

    const job = fixture.settle(accepted.id);

    fixture.expectProvisioned(job.id, alice);
    expect(fixture.created()).toHaveLength(1);
    expect(job.steps.map(({ name, state, attempt }) => [tag(name), tag(state), attempt])).toEqual([
      ['create', 'succeeded', 1],
      ['install', 'succeeded', 1],
      ['handover', 'succeeded', 1],
      ['register', 'succeeded', 1],
    ]);
    // What was attached, and the fees of four calls.
    expect(job.cyclesSpent).toBeGreaterThan(1_500_000_000_000n);
    expect(job.cyclesSpent).toBeLessThan(1_500_010_000_000n);
  });

  test('starts the Greeter with the phrase that was asked for', () => {
    const fixture = new ManagerFixture({ template: greeterModule });
    const { id } = fixture.createGreeter(alice, { greeting: 'Grüezi' });
    const [greeterId] = fixture.settle(id).greeterId;
    if (!greeterId) throw new Error('no Greeter');
    expect(fixture.greet(greeterId, alice, 'Alice')).toBe('Grüezi, Alice!');
  });

  test('shows a job to its owner and to operators, and to nobody else', () => {
    const fixture = new ManagerFixture();
    const { id } = fixture.createGreeter(alice);
    expect(fixture.job(id, alice).id).toBe(id);
    expect(fixture.job(id).id).toBe(id);
    expect(() => fixture.job(id, bob)).toThrow(`no job ${id}`);
  });

  test('bears the birth tag: the job in an environment variable, the Manager and its version in the history', () => {
    const fixture = new ManagerFixture();
    const { id } = fixture.createGreeter(alice);
    const [greeterId] = fixture.settle(id).greeterId;
    if (!greeterId) throw new Error('no Greeter');
    const { settings, history } = fixture.network.canister(greeterId);
    expect(settings.environmentVariables).toEqual([{ name: 'SAGA_ID', value: id.toString() }]);
    expect(history[0]).toMatchObject({ details: { kind: 'creation' }, origin: { kind: 'canister' } });
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
