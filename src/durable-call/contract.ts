/**
 * What the canister side and the rewritten Wasm agree on. A canister that is live depends on these values for as
 * long as calls are open: they may change only across a stopped upgrade.
 */

/** Separates a method's name from the marker that the rewrite reads and removes (ASCII "unit separator"). */
export const markerByte = 0x1f;

/** The name under which a marked call is handed to the system: `NAME 0x1F TIMEOUT 0x1F CALLID`. */
export function markedMethodName(method: string, timeoutSeconds: number, callId: number): string {
  const separator = String.fromCharCode(markerByte);
  return [method, timeoutSeconds, callId].join(separator);
}
