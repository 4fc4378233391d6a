import { Principal } from '@dfinity/principal';
import {
  type CborMap,
  decodeCbor,
  type HashTree,
  lookupSubtree,
  lookupValue,
  requestIdOf,
  SubnetKeys,
  verifyCertificate,
} from '../../../../src/localnet/certification/index.ts';
import { type ApiResponse, HttpApi } from '../../../../src/localnet/http/index.ts';
import { LocalNetwork, type LocalNetworkOptions, managementClient } from '../../../../src/localnet/index.ts';
import { LiveNetwork } from '../../../../src/localnet/live/index.ts';
import type { Program } from '../../support/program.ts';
import { programmableCanister } from '../../support/programmable-canister.ts';
import { bodyOf, type Fields, Signer, unsigned } from './signer.ts';

export const keys = new SubnetKeys();
export const anonymous = Uint8Array.of(4);
const startNanos = 1_700_000_000_000_000_000n;
export const minuteNanos = 60_000_000_000n;

/** A live network behind its HTTP interface, whose clock stands still. */
export class TestApi {
  nowNanos = startNanos;
  /** Controls the canisters. */
  readonly alice = new Signer();
  readonly network: LocalNetwork;
  readonly live: LiveNetwork;
  readonly api: HttpApi;
  readonly defects: unknown[] = [];
  /** Of what {@link call} sent. */
  readonly sentRequestIds: Uint8Array[] = [];
  #nonce = 0;

  constructor(
    options: {
      readonly answerTimeoutMs?: number;
      readonly paused?: boolean;
      readonly network?: LocalNetworkOptions;
    } = {},
  ) {
    this.network = new LocalNetwork(options.network);
    this.live = new LiveNetwork(this.network, {
      paused: options.paused ?? false,
      realTime: {
        nowNanos: () => this.nowNanos,
        soon: (callback) => setImmediate(callback),
        after: (milliseconds, callback) => {
          const timer = setTimeout(callback, milliseconds);
          return () => {
            clearTimeout(timer);
          };
        },
      },
    });
    this.live.moveClock();
    this.api = new HttpApi({
      live: this.live,
      keys,
      answerTimeoutMs: options.answerTimeoutMs ?? 10_000,
      onDefect: (error) => this.defects.push(error),
    });
  }

  /** A canister with code. */
  canister(module: Uint8Array = programmableCanister()): Principal {
    const id = this.emptyCanister();
    managementClient(this.network, this.alice.principal).installCode(id, { module, arg: new Uint8Array() });
    return id;
  }

  emptyCanister(): Principal {
    return managementClient(this.network, this.alice.principal).createCanister();
  }

  /** An update call of `run`, which executes the program. */
  callContent(canisterId: Principal, program: Program, changes: Fields = {}): Fields {
    this.#nonce += 1;
    return {
      request_type: 'call',
      canister_id: canisterId.toUint8Array(),
      method_name: 'run',
      arg: program.bytes,
      sender: this.alice.sender,
      ingress_expiry: this.nowNanos + minuteNanos,
      nonce: new TextEncoder().encode(`nonce ${this.#nonce}`),
      ...changes,
    };
  }

  queryContent(canisterId: Principal, program: Program, changes: Fields = {}): Fields {
    return {
      request_type: 'query',
      canister_id: canisterId.toUint8Array(),
      method_name: 'look',
      arg: program.bytes,
      sender: this.alice.sender,
      ingress_expiry: this.nowNanos + minuteNanos,
      ...changes,
    };
  }

  readContent(paths: readonly (readonly (string | Uint8Array)[])[], changes: Fields = {}): Fields {
    const bytes = (label: string | Uint8Array) =>
      typeof label === 'string' ? new TextEncoder().encode(label) : label;
    return {
      request_type: 'read_state',
      paths: paths.map((path) => path.map(bytes)),
      sender: this.alice.sender,
      ingress_expiry: this.nowNanos + minuteNanos,
      ...changes,
    };
  }

  /** Signs with the sender's key and sends. @param path behind `/api/` */
  send(path: string, content: Fields, signer: Signer | undefined = this.alice): Promise<ApiResponse> {
    return this.post(path, bodyOf(signer.sign(content)));
  }

  sendUnsigned(path: string, content: Fields): Promise<ApiResponse> {
    return this.post(path, bodyOf(unsigned(content)));
  }

  post(
    path: string,
    body: Uint8Array,
    contentType: string | undefined = 'application/cbor',
  ): Promise<ApiResponse> {
    return this.api.handle({ method: 'POST', path: `/api/${path}`, contentType, body });
  }

  /** Sends a call and waits for its answer. @returns its request id */
  async requestIdOfAnswered(path: string, content: Fields): Promise<Uint8Array> {
    const response = await this.send(path, content);
    if (response.status !== 200) throw new Error(textOf(response));
    return requestIdOf(content);
  }

  call(canisterId: Principal, program: Program): Promise<ApiResponse> {
    const content = this.callContent(canisterId, program);
    this.sentRequestIds.push(requestIdOf(content));
    return this.send(`v4/canister/${canisterId.toText()}/call`, content);
  }

  read(canisterId: Principal, paths: readonly (readonly (string | Uint8Array)[])[]): Promise<ApiResponse> {
    return this.send(`v3/canister/${canisterId.toText()}/read_state`, this.readContent(paths));
  }

  readUnsigned(
    canisterId: Principal,
    paths: readonly (readonly (string | Uint8Array)[])[],
  ): Promise<ApiResponse> {
    return this.sendUnsigned(
      `v3/canister/${canisterId.toText()}/read_state`,
      this.readContent(paths, { sender: anonymous }),
    );
  }
}

export function cborOf({ status, body }: ApiResponse): CborMap {
  if (status !== 200) throw new Error(`Status ${status}: ${new TextDecoder().decode(body)}`);
  return decodeCbor(body) as CborMap;
}

export function textOf({ body }: ApiResponse): string {
  return new TextDecoder().decode(body);
}

/** The tree of the certificate in a response, its signature verified. */
export function certifiedIn(response: ApiResponse): HashTree {
  return verifyCertificate(cborOf(response).get('certificate') as Uint8Array, keys.rootKeyDer);
}

/** The text at a path; fails when the tree does not prove that it is there, or that it is absent. */
export function textAt(tree: HashTree, ...path: (string | Uint8Array)[]): string | undefined {
  const value = valueAt(tree, ...path);
  return value === undefined ? undefined : new TextDecoder().decode(value);
}

export function valueAt(tree: HashTree, ...path: (string | Uint8Array)[]): Uint8Array | undefined {
  const found = lookupSubtree(tree, path);
  if (found.status === 'unknown') throw new Error('The certificate hides what it was asked for.');
  return lookupValue(tree, path);
}
