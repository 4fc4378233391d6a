import type { CyclesUse } from './consumed-cycles.ts';
import type { CallContext, CanisterState, NetworkState } from './state.ts';

/*
 * The only code that moves cycles. Every move takes from one place and puts into another, so that
 * minted - burned = balances + in flight + in call contexts holds after each.
 */

/** Cycles appeared or vanished: a defect of the network, never of a canister. */
export class CyclesNotConservedError extends Error {
  override readonly name = 'CyclesNotConservedError';
  readonly code = 'CYCLES_NOT_CONSERVED';
}

function requireEnough(held: bigint, amount: bigint, holder: string | CanisterState): void {
  if (amount < 0n || amount > held) {
    // Put into words only now: an id as text costs more than the whole move.
    const what = typeof holder === 'string' ? holder : `canister ${holder.id.toText()}`;
    throw new CyclesNotConservedError(`Cannot take ${amount} cycles from ${what}, which holds ${held}.`);
  }
}

export function mint(state: NetworkState, canister: CanisterState, amount: bigint): void {
  requireEnough(amount, amount, 'the mint');
  canister.cycles += amount;
  state.cycles.balances += amount;
  state.cycles.minted += amount;
}

/** @param use - what the canister paid for, as its metrics will tell */
export function burn(
  state: NetworkState,
  canister: CanisterState,
  amount: bigint,
  use: CyclesUse = 'instructions',
): void {
  requireEnough(canister.cycles, amount, canister);
  canister.cycles -= amount;
  canister.consumedCycles[use] += amount;
  state.cycles.balances -= amount;
  state.cycles.burned += amount;
}

/** @param payer - whose metrics tell of it, and as what; absent for cycles that belong to no canister any more */
export function burnInFlight(
  state: NetworkState,
  amount: bigint,
  payer?: { readonly canister: CanisterState; readonly use: CyclesUse },
): void {
  requireEnough(state.cycles.inFlight, amount, 'messages in flight');
  state.cycles.inFlight -= amount;
  state.cycles.burned += amount;
  if (payer !== undefined) payer.canister.consumedCycles[payer.use] += amount;
}

/** The caller puts the amount into a message or a prepayment. */
export function balanceToFlight(state: NetworkState, canister: CanisterState, amount: bigint): void {
  requireEnough(canister.cycles, amount, canister);
  canister.cycles -= amount;
  state.cycles.balances -= amount;
  state.cycles.inFlight += amount;
}

export function flightToBalance(state: NetworkState, canister: CanisterState, amount: bigint): void {
  requireEnough(state.cycles.inFlight, amount, 'messages in flight');
  canister.cycles += amount;
  state.cycles.inFlight -= amount;
  state.cycles.balances += amount;
}

export function flightToContext(state: NetworkState, context: CallContext, amount: bigint): void {
  requireEnough(state.cycles.inFlight, amount, 'messages in flight');
  context.availableCycles += amount;
  state.cycles.inFlight -= amount;
  state.cycles.inCallContexts += amount;
}

export function contextToBalance(
  state: NetworkState,
  context: CallContext,
  canister: CanisterState,
  amount: bigint,
): void {
  requireEnough(context.availableCycles, amount, 'the call context');
  context.availableCycles -= amount;
  canister.cycles += amount;
  state.cycles.inCallContexts -= amount;
  state.cycles.balances += amount;
}

/** Empties the context. @returns what it held, to be put into a response */
export function contextToFlight(state: NetworkState, context: CallContext): bigint {
  const amount = context.availableCycles;
  context.availableCycles = 0n;
  state.cycles.inCallContexts -= amount;
  state.cycles.inFlight += amount;
  return amount;
}

/** Checks in constant time that the totals add up. @throws CyclesNotConservedError */
export function assertCyclesConserved(state: NetworkState): void {
  const { minted, burned, balances, inFlight, inCallContexts } = state.cycles;
  if (minted - burned !== balances + inFlight + inCallContexts) {
    throw new CyclesNotConservedError(
      `minted ${minted} - burned ${burned} is not balances ${balances} + in flight ${inFlight} + in call contexts ${inCallContexts}.`,
    );
  }
}

/** Recomputes where all cycles are from their holders and compares it with the totals. @throws CyclesNotConservedError */
export function recountCycles(state: NetworkState): void {
  let balances = 0n;
  let inFlight = 0n;
  let inCallContexts = 0n;
  for (const canister of state.canisters.values()) {
    balances += canister.cycles;
    for (const context of canister.callContexts.values()) inCallContexts += context.availableCycles;
    for (const callback of canister.callbacks.values()) {
      inFlight += callback.prepaidExecutionCycles + callback.prepaidTransmissionCycles;
    }
    for (const { responder } of canister.pendingStops) {
      if (responder.kind === 'canister') inFlight += responder.refundCycles;
    }
  }
  for (const { responder } of state.httpOutcalls.values()) {
    if (responder.kind === 'canister') inFlight += responder.refundCycles;
  }
  for (const message of state.messages.values()) {
    if (message.kind === 'request') inFlight += message.cycles;
    if (message.kind === 'response') inFlight += message.refundCycles;
  }
  const totals = state.cycles;
  if (
    balances !== totals.balances ||
    inFlight !== totals.inFlight ||
    inCallContexts !== totals.inCallContexts
  ) {
    throw new CyclesNotConservedError(
      `Holders have balances ${balances}, in flight ${inFlight}, in call contexts ${inCallContexts}; ` +
        `the totals say ${totals.balances}, ${totals.inFlight}, ${totals.inCallContexts}.`,
    );
  }
  assertCyclesConserved(state);
}
