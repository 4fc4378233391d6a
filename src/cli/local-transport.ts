import type { Principal } from '@dfinity/principal';
import { type CallTransport, CallRejectedError } from '../client/index.ts';
import { type LocalNetwork, CallRejectedError as LocalCallRejectedError } from '../localnet/index.ts';

/**
 * Reaches an embedded network as one user. An update executes whatever runs before its answer.
 *
 * @param sender the caller; the network is in this process, so nothing has to be signed
 */
export function localTransport(network: LocalNetwork, sender: Principal): CallTransport {
  return {
    update: (canisterId, method, arg) => answer(() => network.update({ sender, canisterId, method, arg })),
    query: (canisterId, method, arg) => answer(() => network.query({ sender, canisterId, method, arg })),
  };
}

function answer(execute: () => Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve) => {
    try {
      resolve(execute());
    } catch (error) {
      if (!(error instanceof LocalCallRejectedError)) throw error;
      throw new CallRejectedError(error.rejectCode, error.errorCode, error.rejectMessage);
    }
  });
}
