import type { NetworkEvent } from '../../../src/localnet/index.ts';
import { buildAuditableManager } from '../../manager/canisters/build.ts';
import { greeterModule, ManagerFixture } from '../../support/manager-fixture.ts';
import { tinyGreeterModule } from '../../support/tiny-greeter.ts';
import type { RealPlan } from './plan.ts';

/** The built Manager, laid open for audits. */
export const managerModule = await buildAuditableManager();

const versions = { tiny: '1.0.0', otherTiny: '1.1.0', azle: '2.0.0' } as const;

/** A Manager that was deployed once, with both templates, and is as good as new for every run. */
export class RealNetwork {
  readonly fixture: ManagerFixture;
  private readonly deployed;
  private listener: (event: NetworkEvent) => void = () => undefined;

  constructor() {
    this.fixture = new ManagerFixture({
      manager: managerModule,
      onEvent: (event) => {
        this.listener(event);
      },
    });
    this.fixture.publish(versions.otherTiny, tinyGreeterModule(1));
    this.fixture.publish(versions.azle, greeterModule);
    this.deployed = this.fixture.network.checkpoint();
  }

  /**
   * Everything as after the deployment.
   *
   * @param seed shuffles messages; absent: in the order of an idle subnet
   * @param listener hears every event from now on
   */
  renew(
    greeter: RealPlan['greeter'],
    seed?: number,
    listener: (event: NetworkEvent) => void = () => undefined,
  ): ManagerFixture {
    const { fixture } = this;
    this.listener = () => undefined;
    fixture.network.faults.clear();
    fixture.network.restore(this.deployed, seed);
    if (greeter === 'azle') {
      fixture.activate(versions.azle);
      fixture.network.run();
    }
    this.listener = listener;
    return fixture;
  }
}

let shared: RealNetwork | undefined;

/** The one network of this process: deploying takes longer than a run. */
export function realNetwork(): RealNetwork {
  shared ??= new RealNetwork();
  return shared;
}
