import { Principal } from '@dfinity/principal';
import { HttpApiError } from '../certification/index.ts';

/** Whom a request is addressed through: the effective canister, or the subnet. */
export interface Scope {
  readonly kind: 'canister' | 'subnet';
  readonly id: Principal;
}

/** What a path of the HTTP interface asks for. */
export type Route =
  | { readonly kind: 'status' }
  | { readonly kind: 'call'; readonly scope: Scope; readonly isSynchronous: boolean }
  | { readonly kind: 'query'; readonly scope: Scope }
  | { readonly kind: 'readState'; readonly scope: Scope };

const statusPath = '/api/v2/status';
const endpointPath = /^\/api\/v(?<version>\d)\/(?<scope>canister|subnet)\/(?<id>[^/]+)\/(?<endpoint>\w+)$/;

/** The versions served of each endpoint. Source: IC interface spec, 'HTTPS Interface'. */
const versions: Readonly<Record<string, string>> = {
  'canister/call': '234',
  'subnet/call': '4',
  'canister/query': '23',
  'subnet/query': '3',
  'canister/read_state': '23',
  'subnet/read_state': '23',
};

/**
 * @param path of the URL, without the query
 * @throws HttpApiError 404 for a path that does not exist, 400 for an id that is none, 405 for the wrong method
 */
export function routeOf(method: string, path: string): Route {
  if (path === statusPath) {
    // HEAD is GET without the body, which whoever sends the answer leaves out.
    if (method !== 'HEAD') requireMethod(method, 'GET');
    return { kind: 'status' };
  }
  const { version, scope, id, endpoint } = endpointPath.exec(path)?.groups ?? {};
  if (version === undefined || scope === undefined || id === undefined || endpoint === undefined)
    throw unknown(path);
  if (versions[`${scope}/${endpoint}`]?.includes(version) !== true) {
    throw unknown(path);
  }
  requireMethod(method, 'POST');
  const addressed: Scope = { kind: scope === 'subnet' ? 'subnet' : 'canister', id: principalIn(id) };
  if (endpoint === 'query') return { kind: 'query', scope: addressed };
  if (endpoint === 'read_state') return { kind: 'readState', scope: addressed };
  return { kind: 'call', scope: addressed, isSynchronous: version !== '2' };
}

function unknown(path: string): HttpApiError {
  return new HttpApiError('UNKNOWN_PATH', `There is nothing at ${path}.`, 404);
}

function requireMethod(method: string, expected: 'GET' | 'POST'): void {
  if (method !== expected) {
    throw new HttpApiError('WRONG_METHOD', `Use ${expected} instead of ${method}.`, 405);
  }
}

function principalIn(text: string): Principal {
  try {
    return Principal.fromText(text);
  } catch {
    throw new HttpApiError('INVALID_EFFECTIVE_ID', `'${text}' in the URL is not the text of a principal.`);
  }
}
