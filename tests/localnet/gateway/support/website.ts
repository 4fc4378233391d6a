import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';
import { hashOfMap } from '@icp-sdk/core/agent';
import {
  digest,
  encodeCbor,
  labeledTree,
  SubnetKeys,
  type TreeSource,
} from '../../../../src/localnet/certification/index.ts';
import { createGateway, type GatewayOptions } from '../../../../src/localnet/gateway/index.ts';
import { LocalNetwork, managementClient } from '../../../../src/localnet/index.ts';
import { LiveNetwork } from '../../../../src/localnet/live/index.ts';
import { compileMotoko } from '../../../support/compile-motoko.ts';

const keys = new SubnetKeys();

/** A page as `website.mo` serves it, and how it is certified. */
export interface Page {
  readonly url: string;
  /** The URL at which it is served, when that is not the one it is certified for. */
  readonly servedAt?: string;
  readonly status?: number;
  readonly headers?: readonly (readonly [string, string])[];
  /** More than one: the rest is streamed. */
  readonly parts: readonly string[];
  readonly certified?: 'version 1' | 'version 2' | 'version 2 with request' | 'to be uncertified';
  readonly upgrade?: boolean;
}

const certification = (request: string) =>
  `default_certification(ValidationArgs{certification:Certification{${request},` +
  'response_certification:ResponseCertification{certified_response_headers:ResponseHeaderList{headers:["Content-Type","Content-Range"]}}}})';
const expressions = {
  'version 2': certification('no_request_certification:Empty{}'),
  'version 2 with request': certification(
    'request_certification:RequestCertification{certified_request_headers:["Accept"],certified_query_parameters:["q"]}',
  ),
  'to be uncertified': 'default_certification(ValidationArgs{no_certification:Empty{}})',
};

const header = IDL.Tuple(IDL.Text, IDL.Text);
const blob = IDL.Vec(IDL.Nat8);
const page = IDL.Record({
  status: IDL.Nat16,
  headers: IDL.Vec(header),
  parts: IDL.Vec(blob),
  certification: IDL.Opt(IDL.Text),
  upgrade: IDL.Bool,
});

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A website on a live network behind a gateway on a free port. */
export class Website {
  readonly network: LocalNetwork;
  readonly canisterId: Principal;
  readonly #live: LiveNetwork;
  readonly #server;
  #whenLogged: () => void = () => undefined;

  private constructor(options: GatewayOptions) {
    this.network = new LocalNetwork();
    this.canisterId = install(this.network);
    this.#live = new LiveNetwork(this.network);
    this.#server = createServer(createGateway(this.#live, keys, options));
  }

  static async open(options: GatewayOptions = {}): Promise<Website> {
    const website = new Website(options);
    await new Promise<void>((resolve) => website.#server.listen(0, '127.0.0.1', resolve));
    return website;
  }

  async close(): Promise<void> {
    this.#live.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /**
   * Has the canister serve these pages.
   *
   * @param served what it really serves, when that is not what it certified
   */
  publish(certified: readonly Page[], served: readonly Page[] = certified): void {
    const tree = certificationTree(certified);
    const pages = served.map((one) => [one.servedAt ?? one.url, pageValue(one, tree)]);
    const arg = IDL.encode([IDL.Vec(IDL.Tuple(IDL.Text, page)), blob], [pages, digest(tree)]);
    this.network.update({ sender: Principal.anonymous(), canisterId: this.canisterId, method: 'put', arg });
  }

  /** Asks for a path of the canister, by default through its verified host. */
  get(path: string, options: { host?: string; method?: string; body?: string; headers?: object } = {}) {
    const { port } = this.#server.address() as AddressInfo;
    const host = options.host ?? `${this.canisterId.toText()}.localhost`;
    return new Promise<Answer>((resolve, reject) => {
      const headers = { ...options.headers, host: `${host}:${port}` };
      const sent = request({ port, path, headers, method: options.method ?? 'GET' }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const body = Buffer.concat(chunks).toString();
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
        });
      });
      sent.on('error', reject);
      sent.end(options.body);
    });
  }

  /** Sends a part of a request and ends the connection; resolves when the gateway has noticed. */
  beginAndGoAway(path: string): Promise<void> {
    const { port } = this.#server.address() as AddressInfo;
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(`POST ${path} HTTP/1.1\r\nhost: ${this.rawHost}\r\ncontent-length: 10\r\n\r\nabc`);
      this.#server.once('request', () => socket.destroy());
    });
    return new Promise((resolve) => {
      this.#whenLogged = resolve;
    });
  }

  /** Asks, and ends the connection on the signal; resolves when the gateway has noticed. */
  askAndGoAway(path: string, leaving: AbortSignal): Promise<void> {
    const { port } = this.#server.address() as AddressInfo;
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(`GET ${path} HTTP/1.1\r\nhost: ${this.rawHost}\r\n\r\n`);
    });
    leaving.addEventListener('abort', () => socket.destroy());
    return new Promise((resolve) => {
      this.#whenLogged = resolve;
    });
  }

  /** The gateway has answered a request. */
  noteLogged(): void {
    this.#whenLogged();
  }

  get rawHost(): string {
    return `${this.canisterId.toText()}.raw.localhost`;
  }
}

function install(network: LocalNetwork): Principal {
  const management = managementClient(network, Principal.anonymous());
  const canisterId = management.createCanister({ cycles: 10n ** 13n });
  const source = readFileSync(new URL('../canisters/website.mo', import.meta.url), 'utf8');
  management.installCode(canisterId, { module: compileMotoko(source) });
  return canisterId;
}

function pageValue(one: Page, tree: ReturnType<typeof certificationTree>) {
  const certifiedBy = one.certified;
  const fields = [`tree=:${base64(encodeCbor(tree))}:`];
  const headers = [...(one.headers ?? [])];
  if (certifiedBy !== undefined && certifiedBy !== 'version 1') {
    fields.push('version=2', `expr_path=:${base64(encodeCbor(expressionPath(one.url)))}:`);
    headers.push(['IC-CertificateExpression', expressions[certifiedBy]]);
  }
  return {
    status: one.status ?? 200,
    headers,
    parts: one.parts.map((part) => Buffer.from(part)),
    certification: certifiedBy === undefined ? [] : [fields.join(',')],
    upgrade: one.upgrade ?? false,
  };
}

function expressionPath(url: string): string[] {
  const [path = ''] = url.split('?');
  const segments = path.split('/').filter((segment) => segment !== '');
  return ['http_expr', ...segments, ...(path.endsWith('/') ? [''] : []), '<$>'];
}

function certificationTree(pages: readonly Page[]) {
  const root = new Map<string, TreeSource>();
  for (const one of pages) {
    const [labels, value] = certifiedAs(one);
    let level = root;
    for (const label of labels.slice(0, -1)) {
      const next = (level.get(label) ?? new Map<string, TreeSource>()) as Map<string, TreeSource>;
      level.set(label, next);
      level = next;
    }
    level.set(labels.at(-1) ?? '', value);
  }
  return labeledTree(withBytes(root));
}

/** Hashes are kept as text while the tree grows, because a Map tells equal byte arrays apart. */
function withBytes(level: ReadonlyMap<string, TreeSource>): TreeSource {
  const entries = [...level].map(([label, below]): [string | Uint8Array, TreeSource] => [
    label.startsWith(hashPrefix) ? new Uint8Array(Buffer.from(label.slice(hashPrefix.length), 'hex')) : label,
    below instanceof Map ? withBytes(below as ReadonlyMap<string, TreeSource>) : below,
  ]);
  return new Map(entries);
}

const hashPrefix = 'hash ';

function certifiedAs(one: Page): [labels: string[], value: Uint8Array] {
  const body = sha256(one.parts.join(''));
  const nothing = new Uint8Array();
  switch (one.certified) {
    case undefined:
      return [['http_expr', 'nothing'], nothing];
    case 'version 1':
      return [['http_assets', one.url], body];
    default: {
      const expression = expressions[one.certified];
      const labels = [...expressionPath(one.url), hashPrefix + hex(sha256(expression))];
      if (one.certified === 'to be uncertified') return [labels, nothing];
      const valueOf = (wanted: string) => one.headers?.find(([name]) => name === wanted)?.[1];
      const responseFields = {
        ':ic-cert-status': one.status ?? 200,
        'ic-certificateexpression': expression,
        'content-type': valueOf('Content-Type'),
        'content-range': valueOf('Content-Range'),
      };
      const response = sha256(Buffer.concat([hashOfMap(responseFields), body]));
      const request = one.certified === 'version 2' ? '' : hashPrefix + hex(requestHash(one.url));
      return [[...labels, request, hashPrefix + hex(response)], nothing];
    }
  }
}

/** Of a GET request with `accept: text/plain`. */
function requestHash(url: string): Uint8Array {
  const query = /[?&](q=[^&]*)/.exec(url)?.[1];
  const fields = { ':ic-cert-method': 'GET', ':ic-cert-query': query, accept: 'text/plain' };
  return sha256(Buffer.concat([hashOfMap(fields), sha256('')]));
}

function sha256(data: string | Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(data).digest());
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
