import { IDL } from '@dfinity/candid';
import type { Principal } from '@dfinity/principal';
import type { CallTransport } from './call-transport.ts';
import { InvalidArgumentError, UndecodableReplyError } from './errors.ts';

/**
 * A typed client of any canister: one method for each method of the service. Arguments and results are those of the
 * generated types; a method that returns several values returns an array of them.
 *
 * Methods reject with InvalidArgumentError, UndecodableReplyError, or whatever the transport rejects with.
 *
 * @typeParam Service the generated `_SERVICE`
 * @param idlFactory the generated factory that belongs to it
 */
export function canisterClient<Service>(
  idlFactory: IDL.InterfaceFactory,
  transport: CallTransport,
  canisterId: Principal,
): { readonly [Method in keyof Service]: Service[Method] } {
  const methods = idlFactory({ IDL })._fields.map(([name, type]) => [
    name,
    (...args: unknown[]) => call(transport, canisterId, name, type, args),
  ]);
  return Object.fromEntries(methods) as Service;
}

async function call(
  transport: CallTransport,
  canisterId: Principal,
  method: string,
  type: IDL.FuncClass,
  args: unknown[],
): Promise<unknown> {
  const argument = encodeArguments(method, type, args);
  const reply = isQuery(type)
    ? await transport.query(canisterId, method, argument)
    : await transport.update(canisterId, method, argument);
  const values = decodeReply(method, type, reply);
  return values.length > 1 ? values : values[0];
}

function isQuery(type: IDL.FuncClass): boolean {
  return type.annotations.includes('query') || type.annotations.includes('composite_query');
}

function encodeArguments(method: string, type: IDL.FuncClass, args: unknown[]): Uint8Array {
  try {
    return IDL.encode(type.argTypes, args);
  } catch (error) {
    throw new InvalidArgumentError(method, error);
  }
}

function decodeReply(method: string, type: IDL.FuncClass, reply: Uint8Array): unknown[] {
  try {
    return IDL.decode(type.retTypes, reply);
  } catch (error) {
    throw new UndecodableReplyError(method, reply, error);
  }
}
