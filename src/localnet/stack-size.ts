import type { LocalNetworkOptions } from './network-options.ts';
import { defaultStackBytes, engineStackHolds } from './wasm/index.ts';

/** Bytes are counted in a signed number of 32 bits. */
const largestStackBytes = 2 ** 31 - 1;

/** @throws RangeError for a size that is none, or more than the engine has stack for */
export function stackBytesOf({ stackBytes }: LocalNetworkOptions): number {
  if (stackBytes === undefined) return defaultStackBytes;
  if (!Number.isInteger(stackBytes) || stackBytes < 1 || stackBytes > largestStackBytes) {
    throw new RangeError(`stackBytes is ${stackBytes}: pass a whole number from 1 to ${largestStackBytes}.`);
  }
  if (stackBytes > defaultStackBytes && !engineStackHolds(stackBytes)) {
    throw new RangeError(
      `The stack of this process is too small for ${stackBytes} bytes of canisters' frames: ` +
        'start Node with a larger --stack-size, or pass fewer stackBytes.',
    );
  }
  return stackBytes;
}
