import { readFileSync } from 'node:fs';
import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';
import {
  type CanisterView,
  LocalNetwork,
  type LocalNetworkOptions,
  managementClient,
  type ManagementClient,
} from '../../../src/localnet/index.ts';
import { compileMotoko } from '../../support/compile-motoko.ts';

export const developer = Principal.selfAuthenticating(Uint8Array.of(1));
export const stranger = Principal.selfAuthenticating(Uint8Array.of(2));

const trillion = 1_000_000_000_000n;

/** Canisters in `canisters/`, by file name. */
export type MotokoSource = 'counter' | 'counter-next' | 'caller' | 'shelf' | 'librarian';

export function motokoModule(name: MotokoSource): Uint8Array {
  const source = (file: MotokoSource) =>
    readFileSync(new URL(`canisters/${file}.mo`, import.meta.url), 'utf8');
  return compileMotoko(source(name), name === 'librarian' ? { shelf: source('shelf') } : {});
}

/** A value with its Candid type. */
export type Typed = readonly [type: IDL.Type, value: unknown];

export const nat = (value: number | bigint): Typed => [IDL.Nat, BigInt(value)];
export const nat64 = (value: number | bigint): Typed => [IDL.Nat64, BigInt(value)];
export const nat32 = (value: number): Typed => [IDL.Nat32, value];
export const text = (value: string): Typed => [IDL.Text, value];
export const bool = (value: boolean): Typed => [IDL.Bool, value];
export const principal = (value: Principal): Typed => [IDL.Principal, value];
export const blob = (value: Uint8Array): Typed => [IDL.Vec(IDL.Nat8), value];

export function encode(values: readonly Typed[]): Uint8Array {
  return IDL.encode(
    values.map(([type]) => type),
    values.map(([, value]) => value),
  );
}

/** What `caller.mo` expects of a counter: Motoko checks the type that an actor is passed with. */
const counterInterface = IDL.Service({
  add: IDL.Func([IDL.Nat], [IDL.Nat]),
  trapAfterWriting: IDL.Func([], []),
  refuse: IDL.Func([IDL.Text], []),
  divide: IDL.Func([IDL.Nat, IDL.Nat], [IDL.Nat]),
  forever: IDL.Func([], []),
  acceptCycles: IDL.Func([IDL.Nat], [IDL.Nat]),
  acceptThenTrap: IDL.Func([], []),
  // Promised, but not kept.
  absent: IDL.Func([], []),
});

/** One installed Motoko canister, called by {@link developer}. */
export class MotokoCanister {
  constructor(
    private readonly network: LocalNetwork,
    readonly id: Principal,
  ) {}

  get view(): CanisterView {
    return this.network.canister(this.id);
  }

  /** The canister as an argument where a counter is expected. */
  get asActor(): Typed {
    return [counterInterface, this.id];
  }

  /** @throws CallRejectedError */
  update<Result>(method: string, parameters: readonly Typed[] = [], result?: IDL.Type<Result>): Result {
    const arg = encode(parameters);
    const reply = this.network.update({ sender: developer, canisterId: this.id, method, arg });
    // Candid has checked the value against the type; without a type there is none.
    return IDL.decode(result === undefined ? [] : [result], reply)[0] as Result;
  }

  /** @throws CallRejectedError */
  query<Result>(method: string, parameters: readonly Typed[], result: IDL.Type<Result>): Result {
    const arg = encode(parameters);
    const reply = this.network.query({ sender: developer, canisterId: this.id, method, arg });
    return IDL.decode([result], reply)[0] as Result;
  }

  /** The count of a `counter`. */
  get count(): bigint {
    return BigInt(this.query('read', [], IDL.Nat));
  }
}

/** A network that recounts all cycles after every step, and its management canister. */
export interface MotokoNetwork {
  readonly network: LocalNetwork;
  readonly management: ManagementClient;
  readonly install: (name: MotokoSource, parameters?: readonly Typed[]) => MotokoCanister;
}

export function motokoNetwork(options: LocalNetworkOptions = {}): MotokoNetwork {
  const network = new LocalNetwork({ recountCycles: true, ...options });
  const management = managementClient(network, developer);
  return {
    network,
    management,
    install: (name, parameters = []) => {
      const id = management.createCanister({ cycles: 100n * trillion });
      management.installCode(id, { module: motokoModule(name), arg: encode(parameters) });
      return new MotokoCanister(network, id);
    },
  };
}
