import { Principal } from '@dfinity/principal';
import { type CanisterFailure, noModule } from '../canister-failure.ts';
import { appendLog } from '../canister-log.ts';
import { executionFeeCycles } from '../fees.ts';
import { maximumQueryReplyBytes, maximumReplyBytes } from '../limits.ts';
import type { Rejection } from '../rejection.ts';
import type { CallContext, CallerInfo, CanisterState } from '../state.ts';
import type { CanisterInstance } from '../wasm/index.ts';
import type { World } from '../world.ts';
import { type ExecutionEffects, type ExecutionInput, newExecution, surroundingFacts } from './execution.ts';
import { type ExecutionMode, isReplicated } from './execution-mode.ts';
import { captureMemories, run } from './run.ts';

/** One entry into a canister's code. */
export interface Entry {
  readonly mode: ExecutionMode;
  readonly method: string;
  readonly arg: Uint8Array;
  readonly caller: Principal;
  /** By default what the call context knows. */
  readonly callerInfo?: CallerInfo | undefined;
  readonly instructionLimit: bigint;
  /** Cycles kept back from the balance the code sees, to pay for this execution. */
  readonly reservedCycles: bigint;
  readonly context: CallContext | undefined;
  readonly rejection?: Rejection | undefined;
  readonly refundedCycles?: bigint;
  readonly dataCertificate?: (() => Uint8Array) | undefined;
  readonly body: (instance: CanisterInstance) => void;
}

export interface Executed {
  readonly effects: ExecutionEffects;
  readonly failure: CanisterFailure | undefined;
  readonly instructions: bigint;
  readonly feeCycles: bigint;
}

/**
 * Runs one entry and commits its memories if it succeeds and may change state. Other effects are the caller's to
 * apply. After a failure nothing has changed but the log.
 */
export function execute(world: World, canister: CanisterState, entry: Entry): Executed {
  const { code } = canister;
  if (code === undefined) throw noModule();
  const { mode, context, instructionLimit } = entry;
  const input: ExecutionInput = {
    ...surroundingFacts(world, canister),
    mode,
    caller: entry.caller,
    callerInfo: entry.callerInfo ?? context?.callerInfo,
    arg: entry.arg,
    method: entry.method,
    rejection: entry.rejection,
    refundedCycles: entry.refundedCycles ?? 0n,
    deadlineNanos: deadlineOf(entry),
    earlierInstructions: context?.instructionsUsed ?? 0n,
    availableCycles: context?.availableCycles ?? 0n,
    alreadyResponded: context?.responded ?? false,
    balance: canister.cycles - entry.reservedCycles,
    maximumReplyBytes: isReplicated(mode) ? maximumReplyBytes : maximumQueryReplyBytes,
    dataCertificate: entry.dataCertificate,
  };
  const before = { heap: code.heap, stable: code.stable };
  const live = world.instances.acquire(canister.key, code);
  const limits = { instructions: instructionLimit, stackBytes: world.stackBytes };
  const result = run(live, newExecution(input), limits, entry.body);
  const { effects } = result.execution;
  let { instructions } = result;
  if (result.failure === undefined && changesState(mode)) {
    const captured = captureMemories(result.live, before);
    code.heap = captured.heap;
    code.stable = captured.stable;
    instructions += captured.dirtyPageInstructions;
  }
  if (isReplicated(mode)) appendLog(world, canister, effects.debugPrints, result.failure);
  if (context !== undefined) context.instructionsUsed += result.instructions;
  return {
    effects,
    failure: result.failure,
    instructions,
    feeCycles: executionFeeCycles(instructions < instructionLimit ? instructions : instructionLimit),
  };
}

/** Queries have no deadline, whoever asks. Source: IC interface spec, `msg_deadline`. */
function deadlineOf({ mode, context }: Entry): bigint {
  if (mode === 'replicatedQuery' || context?.origin.kind !== 'canister') return 0n;
  return context.origin.deadlineNanos;
}

/** In a composite query the state is a copy that ends with the query. */
function changesState(mode: ExecutionMode): boolean {
  return mode !== 'query' && mode !== 'replicatedQuery' && mode !== 'inspectMessage';
}
