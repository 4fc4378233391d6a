/** Largest body of a request: a query message has at most 4 MiB. Source: dfinity/ic `rs/config/src/http_handler.rs`. */
export const maximumRequestBytes = 4 * 1_048_576;
/** Most parts one body is put together of. Source: dfinity/http-gateway `response_handler.rs`. */
export const maximumResponseParts = 1000;
/** Largest body that is put together: it is verified before any of it is passed on, so all of it is in memory. */
export const maximumResponseBytes = 256 * 1_048_576;
