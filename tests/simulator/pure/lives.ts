import type { StableSnapshot } from './manager-canister.ts';
import type { Remembering } from './remembering.ts';
import type { TemplateShelf } from './template-shelf.ts';
import type { TransitionWatch } from './watch-transitions.ts';
import type { World } from './world.ts';

/** What becomes of the Manager's memory. */
export interface LifeAction {
  readonly kind: 'takeSnapshot' | 'restoreSnapshot' | 'reinstall';
}

/**
 * Takes snapshots of the Manager, sets it back to them, and reinstalls it. Whoever knows something about the Manager
 * forgets what it forgot; what is left of the promises is held against what it knows then.
 */
export class Lives {
  /** Answers that come to a Manager which does not know their calls. */
  strayAnswersToCome = 0;
  /** How often the Manager forgot something. */
  forgotten = 0;
  private snapshot:
    { readonly stored: StableSnapshot; readonly recalls: readonly (() => void)[] } | undefined;
  private readonly recallNothing: readonly (() => void)[];

  /** To be made before anything is told to the Manager. */
  constructor(
    private readonly world: World,
    private readonly watch: TransitionWatch,
    private readonly shelf: TemplateShelf,
    private readonly witnesses: readonly Remembering[],
  ) {
    this.recallNothing = this.remember();
  }

  perform({ kind }: LifeAction): void {
    switch (kind) {
      case 'takeSnapshot': {
        const stored = this.world.takeSnapshot();
        if (stored) this.snapshot = { stored, recalls: this.remember() };
        return;
      }
      case 'restoreSnapshot':
        this.restore();
        return;
      case 'reinstall':
        this.reinstall();
    }
  }

  private restore(): void {
    const { snapshot, world } = this;
    if (!snapshot || world.isStopping) return;
    this.forget(snapshot.recalls);
    world.marks.hit('snapshot restored');
    world.restore(snapshot.stored);
  }

  private reinstall(): void {
    if (this.world.isStopping) return;
    this.snapshot = undefined;
    this.forget(this.recallNothing);
    this.world.marks.hit('Manager reinstalled');
    this.world.reinstall();
    this.shelf.deploy();
  }

  private forget(recalls: readonly (() => void)[]): void {
    const { calls } = this.world;
    this.forgotten += 1;
    this.strayAnswersToCome += calls.open;
    // Whatever is under way takes effect without the Manager knowing.
    calls.lateEffects += calls.open;
    for (const recall of recalls) recall();
    this.watch.beginLife();
  }

  private remember(): readonly (() => void)[] {
    return this.witnesses.map((witness) => witness.remember());
  }
}
