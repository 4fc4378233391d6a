import { IDL } from '@dfinity/candid';
import type { Principal } from '@dfinity/principal';
import { calledTrap } from '../canister-failure.ts';
import { decodeCandid } from '../decode-candid.ts';
import type { NativeCanister, NativeExecution, NativeState, NativeView } from '../native-canister.ts';
import type { CallResult } from '../rejection.ts';

/** What a query sees, with the canister's own type of state. */
export type View<State> = Omit<NativeView, 'state'> & { readonly state: State };
/** What an update sees and does, with the canister's own type of state. */
export type Execution<State> = Omit<NativeExecution, 'state'> & { readonly state: State };

type QueryMethod<State> = { readonly kind: 'query'; run(view: View<State>, arg: Uint8Array): Uint8Array };
export type UpdateMethod<State> = {
  readonly kind: 'update';
  run(execution: Execution<State>, arg: Uint8Array): void;
};
export type Methods<State> = Readonly<Record<string, QueryMethod<State> | UpdateMethod<State>>>;

/**
 * A query method of one argument (or none) and one result.
 *
 * @param argument its Candid type, which `Argument` mirrors; undefined for a method without argument
 */
export function query<State, Argument = undefined>(
  argument: IDL.Type<Argument> | undefined,
  result: IDL.Type,
  answer: (view: View<State>, argument: Argument) => unknown,
): QueryMethod<State> {
  return {
    kind: 'query',
    run: (view, arg) => IDL.encode([result], [answer(view, decodeArgument(argument, arg))]),
  };
}

/**
 * An update method of one argument and one result.
 *
 * @param argument its Candid type, which `Argument` mirrors
 * @param answer returns undefined when the call is answered otherwise or later
 */
export function update<State, Argument>(
  argument: IDL.Type<Argument>,
  result: IDL.Type,
  answer: (execution: Execution<State>, argument: Argument) => unknown,
): UpdateMethod<State> {
  return {
    kind: 'update',
    run: (execution, arg) => {
      const value = answer(execution, decodeArgument(argument, arg));
      if (value !== undefined) execution.reply(IDL.encode([result], [value]));
    },
  };
}

/** Puts a native canister together. Its state must be plain data (see {@link NativeState}). */
export function nativeCanister<State extends NativeState>(parts: {
  readonly id: Principal;
  readonly initialState: () => State;
  readonly initialCycles?: bigint;
  readonly methods: Methods<State>;
  readonly onResponse?: (
    execution: Execution<State>,
    continuation: NativeState,
    response: CallResult,
  ) => void;
}): NativeCanister {
  const names = (kind: 'query' | 'update') =>
    new Set(Object.entries(parts.methods).flatMap(([name, method]) => (method.kind === kind ? [name] : [])));
  return {
    id: parts.id,
    initialState: parts.initialState,
    initialCycles: parts.initialCycles ?? 0n,
    updates: names('update'),
    queries: names('query'),
    // The network gives back the state and the continuations it got from this canister.
    update: (execution, name, arg) => {
      const method = parts.methods[name];
      if (method?.kind === 'update') method.run(execution as Execution<State>, arg);
    },
    query: (view, name, arg) => {
      const method = parts.methods[name];
      if (method?.kind !== 'query') throw new Error(`There is no query ${name}.`);
      return method.run(view as View<State>, arg);
    },
    onResponse: (execution, continuation, response) => {
      parts.onResponse?.(execution as Execution<State>, continuation, response);
    },
  };
}

/** Reads a caller's argument. @throws CanisterFailure, as a canister traps, when it is not of the type */
export function decodeArgument<Argument>(type: IDL.Type<Argument> | undefined, arg: Uint8Array): Argument {
  try {
    return decodeCandid(type === undefined ? [] : [type], arg)[0] as Argument;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw calledTrap(`failed to decode call arguments: ${reason}`);
  }
}
