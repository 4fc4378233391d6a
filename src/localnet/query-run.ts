import type { Principal } from '@dfinity/principal';
import {
  type CanisterFailure,
  combineFailures,
  methodNotFound,
  noModule,
  rejectionOfFailure,
} from './canister-failure.ts';
import { isManagementCanister } from './canister-ids.ts';
import { asCharged } from './charge-for-time.ts';
import { findNative, queryNative } from './execute-native.ts';
import { notRunning } from './execute-request.ts';
import { type Entry, type Executed, execute } from './execution/execute.ts';
import type { OutgoingCall } from './execution/execution.ts';
import { instructionsPerQueryCall, maximumQueryDepth } from './limits.ts';
import { servicesBetweenSteps } from './management-services.ts';
import { type CallResult, type Rejection, rejectionOf } from './rejection.ts';
import { missingCycles } from './resource-usage.ts';
import type { CallContext, CallerInfo, CanisterState, Closure } from './state.ts';
import { findCanister, type World } from './world.ts';

/** A query method and who asks. */
interface Question {
  readonly sender: Principal;
  readonly canisterId: Principal;
  readonly method: string;
  readonly arg: Uint8Array;
  readonly senderInfo?: CallerInfo | undefined;
  readonly dataCertificate?: (() => Uint8Array) | undefined;
}

/** A canister in the middle of a composite query: its own copy of the state, and the calls it has yet to make. */
interface Asking {
  /** A copy: its memories change from callback to callback, and nobody else sees it. */
  readonly canister: CanisterState;
  readonly context: CallContext;
  readonly calls: OutgoingCall[];
  readonly depth: number;
}

/** The whole query fails, not only the call that went too far. */
class QueryAborted extends Error {
  constructor(readonly rejection: Rejection) {
    super(rejection.message);
  }
}

const nothing = new Uint8Array(0);

/**
 * One query of a user with all the queries it asks in turn. Every canister starts from the committed state, also one
 * that is in the middle of asking; calls are made one after the other, each callback before the next call.
 *
 * Source: dfinity/ic `query_handler/query_call_graph.rs` and `query_context.rs`, whose limits and texts these are.
 */
export class QueryRun {
  #instructionsLeft: bigint;

  constructor(private readonly world: World) {
    this.#instructionsLeft = world.instructionLimits.query;
  }

  /** What was executed so far. */
  get instructions(): bigint {
    return this.world.instructionLimits.query - this.#instructionsLeft;
  }

  /** Answers a user's query: plain or composite. */
  ask(question: Question): CallResult {
    try {
      return this.#ask(question, 0);
    } catch (error) {
      if (error instanceof QueryAborted) return rejected(error.rejection);
      throw error;
    }
  }

  #ask(question: Question, depth: number): CallResult {
    if (isManagementCanister(question.canisterId)) {
      if (depth > 0) this.#instructionsLeft -= instructionsPerQueryCall;
      return this.world.management.query(servicesBetweenSteps(this.world), question);
    }
    const found = findCanister(this.world, question.canisterId);
    if (found === undefined) {
      return rejected(rejectionOf('IC0301', `Canister ${question.canisterId.toText()} not found.`));
    }
    const canister = asCharged(this.world, found);
    const native = findNative(this.world, canister.id);
    if (native !== undefined) return queryNative(this.world, native.native, canister, question);
    const refusal = notRunning(canister) ?? unknownMethod(canister, question.method) ?? frozen(canister);
    if (refusal !== undefined) return rejected(refusal);
    return this.#askCanister(canister, question, depth);
  }

  #askCanister(canister: CanisterState, question: Question, depth: number): CallResult {
    const isComposite = canister.code?.module.compositeQueries.has(question.method) ?? false;
    if (depth === 0 && !isComposite) return this.#askPlainly(canister, question);
    const asking: Asking = {
      canister: { ...canister, code: canister.code && { ...canister.code } },
      context: contextOf(question),
      calls: [],
      depth,
    };
    const exportName = `canister_${isComposite ? 'composite_query' : 'query'} ${question.method}`;
    const executed = this.#execute(asking, {
      mode: 'compositeQuery',
      arg: question.arg,
      dataCertificate: question.dataCertificate,
      body: (instance) => {
        instance.callExport(exportName);
      },
    });
    if (depth > 0) this.#instructionsLeft -= instructionsPerQueryCall;
    if (executed.failure !== undefined) return failed(canister, executed.failure);
    // What a canister asks after it has answered cannot change the answer.
    return executed.effects.response ?? this.#makeCalls(asking);
  }

  #askPlainly(canister: CanisterState, question: Question): CallResult {
    const { failure, effects, instructions } = execute(this.world, canister, {
      mode: 'query',
      method: question.method,
      arg: question.arg,
      caller: question.sender,
      callerInfo: question.senderInfo,
      instructionLimit: this.#instructionsLeft,
      reservedCycles: 0n,
      context: undefined,
      dataCertificate: question.dataCertificate,
      body: (instance) => {
        instance.callExport(`canister_query ${question.method}`);
      },
    });
    this.#instructionsLeft -= instructions;
    if (failure !== undefined) return failed(canister, failure);
    return effects.response ?? rejected(noResponse(canister));
  }

  /** Makes one call after the other until the canister has answered. */
  #makeCalls(asking: Asking): CallResult {
    for (;;) {
      this.#checkLimits(asking.depth);
      const call = asking.calls.shift();
      if (call === undefined) {
        return rejected(asking.context.lastFailure ?? noResponse(asking.canister));
      }
      const question: Question = {
        sender: asking.canister.id,
        canisterId: call.callee,
        method: call.method,
        arg: call.arg,
      };
      const response = this.#ask(question, asking.depth + 1);
      this.#checkLimits(asking.depth);
      const answer = this.#callBack(asking, call, response);
      if (answer !== undefined) return answer;
    }
  }

  /** Runs a callback and, if it traps, its cleanup. @returns the canister's own answer, if it gave one */
  #callBack(asking: Asking, call: OutgoingCall, response: CallResult): CallResult | undefined {
    const rejection = response.kind === 'reject' ? response.rejection : undefined;
    const runClosure = (closure: Closure): Entry['body'] => {
      return (instance) => {
        instance.callTable(closure.tableIndex, closure.environment);
      };
    };
    const callback = this.#execute(asking, {
      mode: response.kind === 'reply' ? 'compositeReply' : 'compositeReject',
      arg: response.kind === 'reply' ? response.bytes : nothing,
      rejection,
      body: runClosure(response.kind === 'reply' ? call.onReply : call.onReject),
    });
    asking.context.lastFailure = undefined;
    if (callback.failure === undefined) return callback.effects.response;
    const cleanup =
      call.onCleanup === undefined
        ? undefined
        : this.#execute(asking, {
            mode: 'compositeCleanup',
            arg: nothing,
            rejection,
            body: runClosure(call.onCleanup),
          });
    const failure = combineFailures(callback.failure, cleanup?.failure);
    asking.context.lastFailure = rejectionOfFailure(asking.canister.id, failure);
    return undefined;
  }

  #execute(
    asking: Asking,
    entry: Pick<Entry, 'mode' | 'arg' | 'rejection' | 'dataCertificate' | 'body'>,
  ): Executed {
    const executed = execute(this.world, asking.canister, {
      ...entry,
      method: asking.context.method,
      caller: asking.context.caller,
      instructionLimit: this.#instructionsLeft > 0n ? this.#instructionsLeft : 0n,
      reservedCycles: 0n,
      context: asking.context,
    });
    this.#instructionsLeft -= executed.instructions;
    if (executed.failure === undefined) asking.calls.push(...executed.effects.calls);
    return executed;
  }

  #checkLimits(depth: number): void {
    if (depth >= maximumQueryDepth) {
      throw new QueryAborted(rejectionOf('IC0525', 'Composite query calls exceeded the maximum call depth.'));
    }
    if (this.#instructionsLeft <= 0n) {
      throw new QueryAborted(rejectionOf('IC0526', 'Composite query calls exceeded the instruction limit.'));
    }
  }
}

/** Not in the canister's state: it exists as long as the query runs. */
function contextOf({ sender, senderInfo, method }: Question): CallContext {
  return {
    id: 0,
    origin: { kind: 'system' },
    caller: sender,
    callerInfo: senderInfo,
    method,
    responded: false,
    deleted: false,
    availableCycles: 0n,
    openCalls: 0,
    instructionsUsed: 0n,
    lastFailure: undefined,
  };
}

function frozen(canister: CanisterState): Rejection | undefined {
  if (missingCycles(canister, 0n) === 0n) return undefined;
  return rejectionOf(
    'IC0207',
    `Canister ${canister.id.toText()} is unable to process query calls because it's frozen. ` +
      'Please top up the canister with cycles and try again.',
  );
}

function unknownMethod(canister: CanisterState, method: string): Rejection | undefined {
  const module = canister.code?.module;
  if (module === undefined) return rejectionOfFailure(canister.id, noModule());
  if (module.queries.has(method) || module.compositeQueries.has(method)) return undefined;
  return rejectionOfFailure(canister.id, methodNotFound('query', method));
}

function noResponse(canister: CanisterState): Rejection {
  return rejectionOf('IC0506', `Canister ${canister.id.toText()} did not produce a response`);
}

function failed(canister: CanisterState, failure: CanisterFailure): CallResult {
  return rejected(rejectionOfFailure(canister.id, failure));
}

function rejected(rejection: Rejection): CallResult {
  return { kind: 'reject', rejection };
}
