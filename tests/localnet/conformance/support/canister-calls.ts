import type { Principal } from '@dfinity/principal';
import { managementCanisterId } from '../../../../src/localnet/index.ts';
import type { Signature } from '../../../../src/localnet/management/signature.ts';
import { program } from '../../support/program.ts';
import type { TestNetwork } from '../../support/test-network.ts';

/** How a call that a canister made was answered. */
export type CanisterAnswer =
  | { readonly kind: 'reply'; readonly bytes: Uint8Array }
  | { readonly kind: 'reject'; readonly code: number; readonly text: string };

/** Lets a programmable canister make a call and tell how it was answered. */
export function callFrom(
  net: TestNetwork,
  caller: Principal,
  call: { to: Principal; method: string; arg: Uint8Array; cycles?: bigint },
): CanisterAnswer {
  const onReply = program().append('+').appendArgument().reply();
  const onReject = program().append('-').appendNumber('rejectCode').appendRejectMessage().reply();
  const bytes = net.run(caller, program().call({ ...call, onReply, onReject }));
  if (bytes[0] === '+'.charCodeAt(0)) return { kind: 'reply', bytes: bytes.slice(1) };
  return { kind: 'reject', code: bytes[1] ?? 0, text: new TextDecoder().decode(bytes.slice(9)) };
}

/** Lets a programmable canister call the management canister. */
export function manageFrom<Argument, Result>(
  net: TestNetwork,
  caller: Principal,
  method: string,
  signature: Signature<Argument, Result>,
  argument: NoInfer<Argument>,
  cycles = 0n,
): Result {
  const arg = signature.encodeArgument(argument);
  const answer = callFrom(net, caller, { to: managementCanisterId, method, arg, cycles });
  if (answer.kind === 'reject') throw new CanisterRejected(answer.code, answer.text);
  return signature.decodeResult(answer.bytes);
}

/** A call by a canister was rejected. */
export class CanisterRejected extends Error {
  constructor(
    readonly rejectCode: number,
    readonly text: string,
  ) {
    super(`${rejectCode}: ${text}`);
  }
}
