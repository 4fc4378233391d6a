import { beforeEach } from 'vitest';
import { ManagerFixture } from '../../support/manager-fixture.ts';

/** For the head of a test file: a Manager on a network of its own, which each test finds as it was deployed. */
export function managerAsDeployed(...options: ConstructorParameters<typeof ManagerFixture>): ManagerFixture {
  const fixture = new ManagerFixture(...options);
  const deployed = fixture.network.checkpoint();

  beforeEach(() => {
    fixture.network.restore(deployed);
  });

  return fixture;
}
