/** How many instructions one execution may use before it traps with IC0522. */
export interface InstructionLimits {
  /** Update methods, callbacks, heartbeats and timers; also replicated queries. */
  readonly update: bigint;
  /** Non-replicated queries. */
  readonly query: bigint;
  /** All hooks of one installation together. */
  readonly install: bigint;
  readonly inspectMessage: bigint;
}

/** The limits of application subnets. Source: dfinity/ic `rs/config/src/subnet_config.rs`. */
export const defaultInstructionLimits: InstructionLimits = {
  update: 40_000_000_000n,
  query: 5_000_000_000n,
  install: 300_000_000_000n,
  inspectMessage: 200_000_000n,
};

const mebibyte = 1_048_576;

/** Largest reply or reject text in replicated execution, and the largest response a caller prepays for. */
export const maximumReplyBytes = 2 * mebibyte;
/** Largest reply of a non-replicated query. */
export const maximumQueryReplyBytes = 3 * mebibyte;
/** Largest argument of a call between canisters of one subnet. */
export const maximumCallArgumentBytes = 10 * mebibyte;
export const maximumMethodNameBytes = 20_000;
export const maximumPrincipalBytes = 29;
export const maximumCertifiedDataBytes = 32;
export const maximumEnvironmentVariableNameBytes = 128;

/** Queries that may be open inside one another; the query of the user counts. Source: `max_query_call_graph_depth`. */
export const maximumQueryDepth = 6;
/** What each call of a composite query costs on top. Source: `INSTRUCTION_OVERHEAD_PER_QUERY_CALL`. */
export const instructionsPerQueryCall = 50_000_000n;

const gibibyte = 1_073_741_824;
/** How much of its stable memory one execution may read, and how much write. Source: `rs/config/src/embedders.rs`. */
export const stableAccessLimitBytes = {
  message: 2 * gibibyte,
  /** Each hook of an installation. */
  upgrade: 8 * gibibyte,
  /** Outside of replicated execution. */
  query: gibibyte,
} as const;

/** Calls a canister may have open towards one other canister; `call_perform` fails beyond. */
export const defaultQueueCapacity = 500;
/** Longest wait `call_with_best_effort_response` can ask for; more is shortened silently. */
export const maximumCallTimeoutSeconds = 300n;

export const nanosPerSecond = 1_000_000_000n;
export const nanosPerMillisecond = 1_000_000n;
/** A guaranteed call that is still in the caller's output queue after this time is given up (`REQUEST_LIFETIME`). */
export const requestLifetimeNanos = 300n * nanosPerSecond;
/** A stop request that is not done after this time is answered IC0206. */
export const stopTimeoutNanos = 300n * nanosPerSecond;
/** Heartbeats of an otherwise idle network run about once in this time, as blocks come on a real subnet. */
export const roundIntervalNanos = 1_000n * nanosPerMillisecond;
