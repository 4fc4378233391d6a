import type { Request } from './method.ts';

/** `raw_rand`: 32 bytes that follow from the network's seed. */
export function rawRand({ services }: Request<unknown>): Uint8Array {
  return services.randomBytes(32);
}
