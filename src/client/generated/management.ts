// Generated from src/client/management.did by "npm run generate". Change that file, not this one.

import type { ActorMethod } from '../actor-method.ts';
import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';

export type canister_id = Principal;
export type canister_install_mode = { reinstall: null } | { upgrade: null } | { install: null };
export interface canister_settings {
  controllers: [] | [Array<Principal>];
}
export interface _SERVICE {
  canister_status: ActorMethod<
    [{ canister_id: canister_id }],
    {
      status: { stopped: null } | { stopping: null } | { running: null };
      cycles: bigint;
      settings: { controllers: Array<Principal> };
      module_hash: [] | [Uint8Array | number[]];
    }
  >;
  install_code: ActorMethod<
    [
      {
        arg: Uint8Array | number[];
        wasm_module: Uint8Array | number[];
        mode: canister_install_mode;
        canister_id: canister_id;
      },
    ],
    undefined
  >;
  provisional_create_canister_with_cycles: ActorMethod<
    [{ settings: [] | [canister_settings]; amount: [] | [bigint] }],
    { canister_id: canister_id }
  >;
}
export type idlFactory = IDL.InterfaceFactory;
export type init = (args: { IDL: typeof IDL }) => IDL.Type[];
export const idlFactory: idlFactory = ({ IDL }) => {
  const canister_id = IDL.Principal;
  const canister_install_mode = IDL.Variant({
    reinstall: IDL.Null,
    upgrade: IDL.Null,
    install: IDL.Null,
  });
  const canister_settings = IDL.Record({
    controllers: IDL.Opt(IDL.Vec(IDL.Principal)),
  });
  return IDL.Service({
    canister_status: IDL.Func(
      [IDL.Record({ canister_id: canister_id })],
      [
        IDL.Record({
          status: IDL.Variant({
            stopped: IDL.Null,
            stopping: IDL.Null,
            running: IDL.Null,
          }),
          cycles: IDL.Nat,
          settings: IDL.Record({ controllers: IDL.Vec(IDL.Principal) }),
          module_hash: IDL.Opt(IDL.Vec(IDL.Nat8)),
        }),
      ],
      [],
    ),
    install_code: IDL.Func(
      [
        IDL.Record({
          arg: IDL.Vec(IDL.Nat8),
          wasm_module: IDL.Vec(IDL.Nat8),
          mode: canister_install_mode,
          canister_id: canister_id,
        }),
      ],
      [],
      [],
    ),
    provisional_create_canister_with_cycles: IDL.Func(
      [
        IDL.Record({
          settings: IDL.Opt(canister_settings),
          amount: IDL.Opt(IDL.Nat),
        }),
      ],
      [IDL.Record({ canister_id: canister_id })],
      [],
    ),
  });
};
export const init: init = () => {
  return [];
};
