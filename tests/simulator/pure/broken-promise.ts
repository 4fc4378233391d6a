/** The Manager broke a promise: what a simulation looks for. */
export class BrokenPromise extends Error {
  override readonly name = 'BrokenPromise';

  /** @param promise short and stable: failures of the same promise are the same failure to the shrinker */
  constructor(
    readonly promise: string,
    details: string,
  ) {
    super(`${promise}: ${details}`);
  }
}

/** @throws BrokenPromise unless the promise is kept */
export function promise(isKept: boolean, name: string, details: () => string): asserts isKept {
  if (!isKept) throw new BrokenPromise(name, details());
}

/** For messages: bigints and bytes included. */
export function shown(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part === 'bigint') return String(part);
    return part instanceof Uint8Array ? Buffer.from(part).toString('hex') : part;
  });
}
