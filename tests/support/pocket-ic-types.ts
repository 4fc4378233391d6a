import type { CreateInstanceOptions, PocketIc, SetupCanisterOptions } from '@dfinity/pic';
import type { IDL } from '@dfinity/candid';
import type { Principal } from '@dfinity/principal';

/*
 * The client brings its own copy of the classes that this repository has too. They are the same at run time; only
 * TypeScript takes them for different ones, because classes have private members.
 */

/** A principal as the client's types want it. */
export type PicPrincipal = Parameters<PocketIc['getControllers']>[0];
/** The factory of an actor's interface as the client's types want it. */
export type PicInterface = SetupCanisterOptions['idlFactory'];
export type PicOptions = CreateInstanceOptions;

export function toPic(principal: Principal): PicPrincipal {
  return principal as unknown as PicPrincipal;
}

export function fromPic(principal: PicPrincipal): Principal {
  return principal as unknown as Principal;
}

export function interfaceToPic(idlFactory: IDL.InterfaceFactory): PicInterface {
  return idlFactory as unknown as PicInterface;
}
