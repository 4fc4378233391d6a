/** Every limit of the Manager, in one place; docs/limits.md repeats them for its users. */

/** Bytes of an idempotency key in UTF-8. */
export const maximumIdempotencyKeyBytes = 64;

/** Bytes of an invitation code in UTF-8. */
export const maximumInvitationCodeBytes = 64;

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
export const pageInstructions = 900_000_000n;

/** Characters of an error's text or of evidence that are kept; the IC allows reject texts of 8 KiB. */
export const maximumErrorCharacters = 500;

/** Journal entries kept per job before the older half is folded into a summary. */
export const maximumJournalEntries = 100;

/** Answers handled in one message. */
export const maximumAnswersPerMessage = 8;

/** Callers on the list that the admission policy `allowList` admits. */
export const maximumAllowedCallers = 10_000;

/** Invitations, with those that are used up or have expired; revoking one makes room. */
export const maximumInvitations = 1_000;

/** Requests one invitation may admit. */
export const maximumInvitationUses = 10_000;

/** Journals of ended jobs that are compacted in one run of the worker. */
export const maximumCompactionsPerRun = 5;

/** People and canisters that have been given a role. */
export const maximumAppointments = 100;

/** Retries that `retryJobs` may make due in a minute, where it spreads them. */
export const maximumRetriesPerMinute = 6_000;

/**
 * Canister ids that may be read in search of a canister which a lost answer would have named: those given out, to
 * everybody, between the lost creation and a later one of the Manager. Beyond this many an operator has to look.
 */
export const maximumSearchedNumbers = 1_000;
