import type { HttpOutcallAnswer } from '../http-outcall.ts';

/** Stands in for making requests where that is turned off: says so, at once. */
export function refuseHttpOutcall(): Promise<HttpOutcallAnswer> {
  const message = 'HTTP outcalls are turned off on this network: start it without --no-http-outcalls.';
  return Promise.resolve({ kind: 'reject', rejectCode: 1, message });
}
