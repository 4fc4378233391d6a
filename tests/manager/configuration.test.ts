import { expect, test } from 'vitest';
import { ManagerFixture, user } from '../support/manager-fixture.ts';

/* Everything else about the configuration is tested in tests/pocket-ic/manager/configuration.test.ts. */

test('no more attempts are open than the configuration says, from the next message on', () => {
  const fixture = new ManagerFixture();
  fixture.configure({ maximumOpenAttempts: 1 });
  let mostOpen = 0;
  for (let number = 0; number < 5; number += 1) fixture.createGreeter(user(number));
  while (fixture.network.step()) {
    mostOpen = Math.max(mostOpen, fixture.stats().openAttempts ?? 0);
    if ((fixture.stats().completed ?? 0) === 5) break;
  }
  expect(fixture.stats()).toMatchObject({ completed: 5, maximumOpenAttempts: 1 });
  expect(mostOpen).toBeGreaterThan(0);
  expect(mostOpen).toBeLessThanOrEqual(2);
});
