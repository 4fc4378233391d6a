/** A header: name in lower case, and value. Names may come more than once. */
export type Header = readonly [name: string, value: string];

/** What a browser asks, as a canister gets to see it. */
export interface GatewayRequest {
  /** In upper case. */
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: readonly Header[];
  readonly body: Uint8Array;
}

/** What a canister answers. */
export interface GatewayResponse {
  readonly status: number;
  readonly headers: readonly Header[];
  readonly body: Uint8Array;
}

/** The value of the first header of this name. @param name in lower case */
export function headerValue(headers: readonly Header[], name: string): string | undefined {
  return headers.find(([header]) => header === name)?.[1];
}
