/** Every limit of the Manager, in one place; docs/limits.md repeats them for its users. */

/** Open (not ended) jobs one caller may have at a time. */
export const maximumOpenJobsPerCaller = 5;

/** Bytes of an idempotency key in UTF-8. */
export const maximumIdempotencyKeyBytes = 64;

/** Bytes of a greeting phrase in UTF-8; the Greeter has the same limit. */
export const maximumGreetingBytes = 64;

/** Bytes of a template's version name in UTF-8. */
export const maximumTemplateVersionBytes = 32;

/** Templates the Manager keeps: each takes a chunk, and a canister's chunk store holds 100 (IC interface spec). */
export const maximumTemplates = 100;

/** Bytes of a template's module: one chunk of the chunk store (IC interface spec, `upload_chunk`). */
export const maximumTemplateModuleBytes = 1_048_576;

/** Bytes of the argument of any method but `publishTemplate`. */
export const maximumArgumentBytes = 1_024;

/** Bytes of an operator's request id or reason in UTF-8. */
export const maximumActionTextBytes = 256;

/** Rows on a page when the caller does not say. */
export const defaultPageRows = 20;

/** Rows on a page at most. */
export const maximumPageRows = 100;

/**
 * Instructions after which a page takes no further row. A query may use five billion (IC interface spec), and encoding
 * rows costs about twice what reading them does: a hundred jobs with long errors in them would not fit.
 */
export const pageInstructions = 1_200_000_000n;

/** Characters of an error's text or of evidence that are kept; the IC allows reject texts of 8 KiB. */
export const maximumErrorCharacters = 500;

/** Journal entries kept per job before the older half is folded into a summary. */
export const maximumJournalEntries = 100;

/** Attempts that may be open at the same time, over all jobs. */
export const maximumOpenAttempts = 50;

/** Answers handled in one message. */
export const maximumAnswersPerMessage = 8;

/** People and canisters that have been given a role. */
export const maximumAppointments = 100;
