// Limits of the management canister (IC interface spec 0.66 and the replica's `rs/limits`, `rs/config`).

/** Longest list of controllers, and of viewers in a visibility. */
export const maximumControllers = 10;

/** Percent of a core that all canisters together can be guaranteed. Source: developer docs, 'Cycle costs'. */
export const subnetComputePercent = 299n;

export const maximumEnvironmentVariables = 20;

/** Bytes of an environment variable's name, and of its value. */
export const maximumEnvironmentVariableBytes = 128;

/** Largest chunk that `upload_chunk` takes; every stored chunk is billed as this much. */
export const chunkBytes = 1_048_576;

export const maximumStoredChunks = 100;

/** Chunks one `install_chunked_code` may name, which caps the module at 100 MiB. */
export const maximumModuleChunks = 100;

export const maximumSnapshotsPerCanister = 10;

/** Content of log records in one answer. */
export const maximumFetchedLogBytes = 2_000_000;

/** A log's limit is 0, for none, or between these. */
export const logMemoryLimitBytes = { minimum: 4_096n, maximum: 2_097_152n } as const;

/** How many of the last changes a canister's history keeps; the specification asks for at least 20. */
export const historyLength = 20;

/** Cost of storing one chunk: 200 million instructions at one cycle each. */
export const uploadChunkFeeCycles = 200_000_000n;

/** Cost of taking or loading a snapshot, to which comes one cycle for each of its bytes. */
export const snapshotBaseFeeCycles = 2_000_000_000n;

/** Cost of reading a part of a snapshot, to which comes one cycle for each of its bytes. */
export const snapshotDataFeeCycles = 5_000_000n;

/** Largest part of a snapshot that one call reads. */
export const maximumSnapshotSliceBytes = 2_000_000n;

/** What a canister gets from `provisional_create_canister_with_cycles` when no amount is given. */
export const defaultProvisionalCycles = 100_000_000_000_000n;

/** Balances are unsigned 128-bit numbers in the System API; provisional amounts beyond are cut. */
export const maximumBalanceCycles = 2n ** 128n - 1n;
