import { describe, expect, test } from 'vitest';
import { alice, greeterModule, ManagerFixture, sha256, tag } from '../support/manager-fixture.ts';

describe('createGreeter on the real Wasm', () => {
  test('gives the caller a Greeter of their own that greets', () => {
    const fixture = new ManagerFixture({ template: greeterModule });
    const accepted = fixture.createGreeter(alice);
    expect(tag(accepted.status)).toBe('queued');

    const job = fixture.settle(accepted.id);

    expect(tag(job.status)).toBe('completed');
    const [greeterId] = job.greeterId;
    if (!greeterId) throw new Error('completed without a Greeter');
    expect(fixture.greet(greeterId, alice, 'Alice')).toBe('Hello, Alice!');
    const canister = fixture.network.canister(greeterId);
    expect(canister.controllers.map((controller) => controller.toText())).toEqual([alice.toText()]);
    expect(canister.moduleHash).toEqual(sha256(greeterModule));
    expect(fixture.created()).toHaveLength(1);
    fixture.network.checkCycles();
  });
});
