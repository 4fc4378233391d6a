import type { NetworkState } from '../state.ts';
import type { FaultAction, FaultMatch, FaultRule } from './fault-rules.ts';

/** Called before a step; gets the number the step will have. */
export type BeforeStep = (step: number) => void;

/**
 * What goes wrong in a network, and when. Rules and their counts belong to the network's state, so a checkpoint
 * brings them back; hooks do not.
 */
export class FaultScript {
  readonly #hooks = new Set<BeforeStep>();
  #runningHooks = false;

  /** @param state reads the network's present state */
  constructor(private readonly state: () => NetworkState) {}

  /**
   * Adds a rule. A call is judged when it is sent; of several rules that apply, the oldest wins.
   *
   * @returns the rule's id, for {@link remove} and {@link matchCount}
   */
  add(match: FaultMatch, action: FaultAction): number {
    const { faults } = this.state();
    const rule: FaultRule = { id: faults.nextRuleId, match, action };
    faults.nextRuleId += 1;
    faults.rules = [...faults.rules, rule];
    return rule.id;
  }

  /** The present rules, oldest first. */
  list(): readonly FaultRule[] {
    return this.state().faults.rules;
  }

  remove(ruleId: number): void {
    const { faults } = this.state();
    faults.rules = faults.rules.filter(({ id }) => id !== ruleId);
  }

  /** Removes all rules and hooks. */
  clear(): void {
    this.state().faults.rules = [];
    this.#hooks.clear();
  }

  /** How many calls matched a rule so far, whether it applied or waited for the n-th. */
  matchCount(ruleId: number): number {
    return this.state().faults.matches.get(ruleId) ?? 0;
  }

  /**
   * Calls back between any two messages, for example to upgrade a canister just there (with `updateAhead`).
   * Steps that a hook itself causes do not call hooks.
   *
   * @returns removes the hook
   */
  beforeStep(hook: BeforeStep): () => void {
    this.#hooks.add(hook);
    return () => this.#hooks.delete(hook);
  }

  /** For the network. */
  runHooks(step: number): void {
    if (this.#runningHooks) return;
    this.#runningHooks = true;
    try {
      for (const hook of [...this.#hooks]) hook(step);
    } finally {
      this.#runningHooks = false;
    }
  }
}
