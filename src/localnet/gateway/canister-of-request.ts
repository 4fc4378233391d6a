import type { Principal } from '@dfinity/principal';
import { type CustomDomains, principalOf } from './custom-domains.ts';

/** Which canister a request is for, and whether it came through a raw host, whose responses nobody verifies. */
export interface AddressedCanister {
  readonly canisterId: Principal;
  readonly isRaw: boolean;
}

/** What of a request names a canister. */
export interface RequestAddress {
  /** The Host header, with or without a port. */
  readonly host: string;
  /** Path and query. */
  readonly url: string;
  readonly referer: string | undefined;
}

/**
 * Finds the canister: by the name of the host (`<id>.localhost`, `<id>.raw.localhost`, under any domain), the table of
 * names, `?canisterId=` in the URL, or the page that the request comes from.
 */
export function canisterOfRequest(
  { host, url, referer }: RequestAddress,
  customDomains?: CustomDomains,
): AddressedCanister | undefined {
  const hostname = host.replace(/:\d*$/, '').toLowerCase();
  const named = customDomains?.canisterOf(hostname);
  if (named !== undefined) return { canisterId: named, isRaw: false };
  return byHost(hostname) ?? byQuery(url) ?? byReferer(referer);
}

function byHost(hostname: string): AddressedCanister | undefined {
  const [first = '', second] = hostname.split('.');
  const canisterId = principalOf(first);
  return canisterId && { canisterId, isRaw: second === 'raw' };
}

function byQuery(url: string): AddressedCanister | undefined {
  const begin = url.indexOf('?');
  const text = begin === -1 ? null : new URLSearchParams(url.slice(begin)).get('canisterId');
  const canisterId = text === null ? undefined : principalOf(text);
  return canisterId && { canisterId, isRaw: false };
}

/** A page that was opened with `?canisterId=` asks for its scripts without it. */
function byReferer(referer: string | undefined): AddressedCanister | undefined {
  if (referer === undefined || !URL.canParse(referer)) return undefined;
  const { hostname, search } = new URL(referer);
  return byHost(hostname) ?? byQuery(search);
}
