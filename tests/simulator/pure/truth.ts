import type { ModelCanister } from './ic-model.ts';
import type { Saga, TransitionWatch } from './watch-transitions.ts';
import type { World } from './world.ts';

/** What the Manager cannot know and the network does. */
export class Truth {
  constructor(
    private readonly world: World,
    private readonly watch: TransitionWatch,
  ) {}

  /**
   * Whether the step at work took effect; of a job that is being undone: whether it is undone. Undefined while that may
   * still change, and where nothing outside tells.
   */
  about(saga: Saga): boolean | undefined {
    const { calls } = this.world;
    if (calls.lateEffectsToCome > 0 || this.watch.hasCallsUnderWay(saga.id)) return undefined;
    const canister = this.canisterOf(saga);
    const isAtCreation = saga.cursor === 0;
    if (saga.compensating) return isAtCreation && canister ? this.isEmpty(canister) : undefined;
    if (isAtCreation) return this.child(saga.id) !== undefined;
    if (!canister || saga.definitionName !== 'provisioning') return undefined;
    if (saga.cursor === 1) return isSame(canister.module, saga.facts.moduleHash);
    if (saga.cursor !== 2) return undefined;
    return canister.controllers.some((controller) => isSame(controller.toUint8Array(), saga.facts.owner));
  }

  /** The canister that was made for a job in this life of the Manager and that it has no account of. */
  child(jobId: bigint): ModelCanister | undefined {
    const tag = jobId.toString();
    return this.unaccounted().find(
      ({ environment, bornAtVersion }) =>
        environment[0]?.value === tag && bornAtVersion > this.watch.lifeBeganAtVersion,
    );
  }

  /** Canisters that the Manager made and has no account of. */
  unaccounted(): ModelCanister[] {
    const { canisterAccount } = this.world.manager.stores;
    return this.world.ic.managersCanisters().filter(({ id }) => !canisterAccount(id.toUint8Array()));
  }

  /** Canisters that the Manager controls and has no account of. */
  orphans(): ModelCanister[] {
    return this.unaccounted().filter((canister) => this.isManagersAlone(canister));
  }

  isManagersAlone({ controllers }: ModelCanister): boolean {
    return controllers.length === 1 && controllers[0]?.compareTo(this.world.managerId) === 'eq';
  }

  private isEmpty(canister: ModelCanister): boolean {
    return canister.module === undefined && this.isManagersAlone(canister);
  }

  private canisterOf({ facts: { greeterId } }: Saga): ModelCanister | undefined {
    return greeterId && this.world.ic.canisters.get(Buffer.from(greeterId).toString('hex').toUpperCase());
  }
}

function isSame(left: Uint8Array | undefined, right: Uint8Array): boolean {
  return left !== undefined && Buffer.compare(left, right) === 0;
}
