/** Most call ids, and so most durable calls, that one message can use. */
export const maximumCallsPerMessage = 8;

/** Highest call id: 31 bits, because the rewrite uses the 32nd for the calls it numbers itself. */
export const maximumCallId = 2 ** 31 - 1;

/** Longest bounded wait in seconds (`MAX_CALL_TIMEOUT` of the Internet Computer, which silently lowers longer ones). */
export const maximumTimeoutSeconds = 300;
