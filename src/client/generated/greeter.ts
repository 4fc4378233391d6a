// Generated from src/greeter/greeter.did by "npm run generate". Change that file, not this one.

import type { ActorMethod } from '../actor-method.ts';
import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';

export interface InitArgument {
  owner: Principal;
  greeting: [] | [string];
}
export type SetGreetingResult = { Ok: null } | { Err: string };
export interface _SERVICE {
  getOwner: ActorMethod<[], Principal>;
  greet: ActorMethod<[string], string>;
  setGreeting: ActorMethod<[string], SetGreetingResult>;
}
export type idlFactory = IDL.InterfaceFactory;
export type init = (args: { IDL: typeof IDL }) => IDL.Type[];
export const idlFactory: idlFactory = ({ IDL }) => {
  const SetGreetingResult = IDL.Variant({ Ok: IDL.Null, Err: IDL.Text });
  return IDL.Service({
    getOwner: IDL.Func([], [IDL.Principal], ['query']),
    greet: IDL.Func([IDL.Text], [IDL.Text], ['query']),
    setGreeting: IDL.Func([IDL.Text], [SetGreetingResult], []),
  });
};
export const init: init = ({ IDL }) => {
  const InitArgument = IDL.Record({
    owner: IDL.Principal,
    greeting: IDL.Opt(IDL.Text),
  });
  return [InitArgument];
};
