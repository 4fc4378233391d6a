import { IDL, type Principal } from 'azle';
import { defaultGreeting, refuseGreeting, type Refusal } from './greeting.ts';
import type { GreeterSettings } from './settings.ts';

/** `record { owner : principal; greeting : opt text }` */
export const InitArgument = IDL.Record({ owner: IDL.Principal, greeting: IDL.Opt(IDL.Text) });

/** Only whoever installs a Greeter sends this, so the general decoder is safe here. */
export function readInitArgument(argument: Uint8Array): GreeterSettings | Refusal {
  let decoded: { owner: Principal; greeting: [] | [string] };
  try {
    [decoded] = IDL.decode([InitArgument], argument) as unknown as [typeof decoded];
  } catch {
    return 'invalid-init-argument: expected (record { owner : principal; greeting : opt text }).';
  }
  const {
    owner,
    greeting: [greeting = defaultGreeting],
  } = decoded;
  if (owner.isAnonymous()) return 'invalid-init-argument: the anonymous principal cannot own a Greeter.';
  return refuseGreeting(greeting) ?? { owner, greeting };
}
