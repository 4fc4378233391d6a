import type { IncomingMessage } from 'node:http';

/** `http://host:port`, and whatever follows. */
const absoluteForm = /^https?:\/\/(?<host>[^/?#]*)(?<rest>.*)$/i;

/**
 * Rewrites a request whose target is a whole URL, as clients of proxies send it, to what others send for the same: the
 * path, and the URL's host in place of the header's. Everybody behind then knows one form only.
 *
 * Source: RFC 9112, sections 3.2.2 and 3.3.
 */
export function toOriginForm(request: IncomingMessage): void {
  const { host, rest } = absoluteForm.exec(request.url ?? '')?.groups ?? {};
  if (host === undefined || rest === undefined) return;
  request.url = rest.startsWith('/') ? rest : `/${rest}`;
  request.headers.host = host;
  for (let index = 0; index + 1 < request.rawHeaders.length; index += 2) {
    if (request.rawHeaders[index]?.toLowerCase() === 'host') request.rawHeaders[index + 1] = host;
  }
}
