import { describe, expect, test } from 'vitest';
import { alice, ManagerFixture } from '../support/manager-fixture.ts';

const fixture = new ManagerFixture();
const deployed = fixture.network.checkpoint();
const boundaries = messagesOfOneSaga();

/** How many messages an undisturbed saga takes, from admission to its end. */
function messagesOfOneSaga(): number {
  fixture.network.restore(deployed);
  const { id } = fixture.createGreeter(alice);
  const messages = fixture.network.run();
  fixture.expectProvisioned(id, alice);
  return messages;
}

describe.each([
  [
    'with calls open',
    (): void => {
      fixture.upgradeHot();
    },
  ],
  [
    'stopped, upgraded and started',
    (): void => {
      fixture.upgradeStopped();
    },
  ],
])('the Manager upgraded %s', (_, upgrade) => {
  test(`at each of the ${boundaries} message boundaries of a saga still provisions exactly one Greeter`, () => {
    expect(boundaries).toBeGreaterThan(15);
    fixture.network.restore(deployed);
    const { id } = fixture.createGreeter(alice);
    let present = fixture.network.checkpoint();
    for (let boundary = 0; boundary <= boundaries; boundary += 1) {
      fixture.network.restore(present);
      upgrade();
      fixture.settle(id);
      try {
        fixture.expectProvisioned(id, alice);
        expect(fixture.created()).toHaveLength(1);
      } catch (error) {
        throw new Error(`upgrade after message ${boundary}`, { cause: error });
      }
      fixture.network.restore(present);
      fixture.network.step();
      present = fixture.network.checkpoint();
    }
  });
});
