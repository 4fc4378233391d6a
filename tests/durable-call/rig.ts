import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';
import { LocalNetwork, type LocalNetworkOptions, managementClient } from '../../src/localnet/index.ts';
import { peerModule } from './peer-canister.ts';

/** An entry of the caller's log; see canisters/caller.ts. */
export type LogEntry =
  | { kind: 'start' }
  | ({ kind: 'response'; callId: number; refundedCycles: number } & (
      { rejectCode: 0; reply: number[] } | { rejectCode: 1 | 2 | 3 | 4 | 5 | 6; message: string }
    ))
  | ({ kind: 'awaited'; tag: string } & ({ reply: number[] } | { error: string }))
  | { kind: 'cleanup'; tag: string }
  | { kind: 'timer'; tag: string; time: number };

export type ResponseEntry = Extract<LogEntry, { kind: 'response' }>;

export interface Send {
  readonly method: string;
  /** Default: the peer. */
  readonly canister?: Principal;
  /** Default 0. */
  readonly cycles?: bigint;
  /** Default 0, unbounded. */
  readonly timeoutSeconds?: number;
  /** Default: ids from `nextCallId`. */
  readonly firstCallId?: number;
  /** Default 1. */
  readonly count?: number;
  /** Follows the call id in the argument. Default empty. */
  readonly payload?: Uint8Array;
}

const SendRequest = IDL.Record({
  canister: IDL.Principal,
  method: IDL.Text,
  cycles: IDL.Nat,
  timeoutSeconds: IDL.Float64,
  firstCallId: IDL.Opt(IDL.Nat32),
  count: IDL.Nat32,
  payload: IDL.Vec(IDL.Nat8),
});
const SendResult = IDL.Variant({ Ok: IDL.Vec(IDL.Nat32), Err: IDL.Text });
type SendResult = { Ok: Uint32Array } | { Err: string };

const user = Principal.selfAuthenticating(new Uint8Array(32).fill(1));

/** A network with a canister that makes calls and a peer that answers them. */
export class Rig {
  readonly network: LocalNetwork;
  readonly caller: Principal;
  readonly peer: Principal;

  constructor(callerModule: Uint8Array, options: LocalNetworkOptions = {}) {
    // The caller makes up to a thousand calls to one peer; a real queue holds 500.
    this.network = new LocalNetwork({ queueCapacity: 2000, ...options });
    const management = managementClient(this.network, user);
    this.caller = management.createCanister();
    this.peer = management.createCanister();
    management.installCode(this.peer, { module: peerModule() });
    management.installCode(this.caller, { module: callerModule, arg: IDL.encode([], []) });
  }

  /** Management calls that are executed now, before everything that waits in the network's queues. */
  get managementNow() {
    return managementClient({ update: (call) => this.network.updateAhead(call) }, user);
  }

  /** Upgrades the running caller between two messages, whatever calls are open. */
  upgrade(module: Uint8Array): void {
    this.managementNow.installCode(this.caller, { mode: 'upgrade', module, arg: IDL.encode([], []) });
  }

  /** @returns the ids of the calls made, or the error's code. */
  trySend(send: Send): number[] | string {
    const reply = this.update('send', this.#sendArgument(send));
    const [result] = IDL.decode([SendResult], reply) as unknown as [SendResult];
    return 'Ok' in result ? [...result.Ok] : result.Err;
  }

  send(send: Send): number[] {
    const ids = this.trySend(send);
    if (typeof ids === 'string') throw new Error(`The calls were not made: ${ids}`);
    return ids;
  }

  /** @throws CallRejectedError always: the caller traps after it has made the calls. */
  sendAndTrap(send: Send): void {
    this.update('sendAndTrap', this.#sendArgument(send));
  }

  /**
   * Makes calls that the caller awaits in the ordinary way, each with its tag as argument, and returns as soon as
   * they are sent; outcomes are logged under the tags. Several calls have a number behind the tag.
   */
  startAwaited(tag: string, method: string, count = 1): void {
    const types = [IDL.Principal, IDL.Text, IDL.Text, IDL.Nat32];
    const arg = IDL.encode(types, [this.peer, method, tag, count]);
    this.network.updateAhead({ sender: user, canisterId: this.caller, method: 'awaitCalls', arg });
  }

  startTimer(seconds: number, tag: string): void {
    this.update('startTimer', IDL.encode([IDL.Nat32, IDL.Text], [seconds, tag]));
  }

  trapOnResponse(callId: number): void {
    this.update('trapOnResponse', IDL.encode([IDL.Nat32], [callId]));
  }

  /** Executed before everything that waits, so that a test decides what has happened by then. */
  update(method: string, arg: Uint8Array): Uint8Array {
    return this.network.updateAhead({ sender: user, canisterId: this.caller, method, arg });
  }

  #sendArgument(send: Send): Uint8Array {
    const request = {
      canister: send.canister ?? this.peer,
      method: send.method,
      cycles: send.cycles ?? 0n,
      timeoutSeconds: send.timeoutSeconds ?? 0,
      firstCallId: send.firstCallId === undefined ? [] : [send.firstCallId],
      count: send.count ?? 1,
      payload: send.payload ?? new Uint8Array(),
    };
    return IDL.encode([SendRequest], [request]);
  }

  log(): LogEntry[] {
    const text = new TextDecoder().decode(
      this.network.query({
        sender: user,
        canisterId: this.caller,
        method: 'readLog',
        arg: IDL.encode([IDL.Nat32], [0]),
      }),
    );
    return text.split('\n').map((line) => JSON.parse(line) as LogEntry);
  }

  responses(): ResponseEntry[] {
    return this.log().filter((entry) => entry.kind === 'response');
  }
}

/** What `send` puts into the argument of the call with this id, and `echo` sends back. */
export function argumentOf(callId: number, payload: Uint8Array = new Uint8Array()): number[] {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(callId);
  return [...bytes, ...payload];
}
