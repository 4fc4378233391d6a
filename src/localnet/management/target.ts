import type { Principal } from '@dfinity/principal';
import { findMethod } from './methods.ts';
import { ManagementRejection } from './rejections.ts';

/**
 * The canister that a call to `aaaaa-aa` concerns, which is its effective canister id.
 *
 * @returns undefined when the method concerns none, does not exist, or its argument cannot be decoded
 */
export function targetOfCall(method: string, arg: Uint8Array): Principal | undefined {
  try {
    return findMethod(method)?.open(arg).targetId;
  } catch (error) {
    if (error instanceof ManagementRejection) return undefined;
    throw error;
  }
}
