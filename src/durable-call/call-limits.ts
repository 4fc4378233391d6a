/** Most call ids, and so most durable calls, that one message can use. */
export const maximumCallsPerMessage = 8;
