import type { ActorMethod } from '@icp-sdk/core/agent';
import type { IDL } from '@icp-sdk/core/candid';
import type { Principal } from '@icp-sdk/core/principal';

/** The Candid interface of `canisters/guestbook.mo`. */
export interface Guestbook {
  readonly visit: ActorMethod<[], [Principal, number]>;
  readonly whoAmI: ActorMethod<[], Principal>;
  readonly certified: ActorMethod<[], [[] | [Uint8Array], Uint8Array]>;
  readonly fail: ActorMethod<[string], undefined>;
}

export const guestbookInterface: IDL.InterfaceFactory = ({ IDL: types }) =>
  types.Service({
    visit: types.Func([], [types.Principal, types.Nat32]),
    whoAmI: types.Func([], [types.Principal], ['query']),
    certified: types.Func([], [types.Opt(types.Vec(types.Nat8)), types.Vec(types.Nat8)], ['query']),
    fail: types.Func([types.Text], []),
  });
