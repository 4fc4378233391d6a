/** A canister's method as its caller sees it; what the generated service types are written in terms of. */
export type ActorMethod<Arguments extends unknown[] = unknown[], Result = unknown> = (
  ...args: Arguments
) => Promise<Result>;
