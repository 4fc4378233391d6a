import type { NetworkEvent } from './events.ts';
import type { InstructionLimits } from './limits.ts';
import type { NativeCanister } from './native-canister.ts';

/** How a network behaves. Everything has a default. */
export interface LocalNetworkOptions {
  /** Shuffles messages within the rules of the IC. Absent: the order an idle subnet shows. Unsigned 32 bits. */
  readonly seed?: number;
  /** Time at the start, in nanoseconds since 1970. Default: 2021-05-06T19:17:10Z, as in PocketIC. */
  readonly startTimeNanos?: bigint;
  readonly instructionLimits?: Partial<InstructionLimits>;
  /**
   * How deep canisters may recurse: how much of the stack the frames of their functions may take before they trap.
   * Default 786,432, for which the stack of any Node suffices; for more, start Node with a larger `--stack-size`.
   */
  readonly stackBytes?: number;
  /** Calls a canister may have open towards one other canister. Default 500. */
  readonly queueCapacity?: number;
  /** Wasm instances kept alive between messages. Default 24: each reserves 10 GB of address space. */
  readonly liveInstances?: number;
  /** Recount all cycles after every step, which takes time in proportion to canisters and messages. Default false. */
  readonly recountCycles?: boolean;
  /** What `create_canister` keeps of the attached cycles. Default 500 billion, as on a subnet of 13 nodes. */
  readonly creationFeeCycles?: bigint;
  /** Canisters at fixed ids that are written in TypeScript; see `systemCanisters`. Default none. */
  readonly nativeCanisters?: readonly NativeCanister[];
  /**
   * Charge canisters for memory and compute allocation as virtual time passes, and uninstall those that run out of
   * cycles. Default true. When false, time is free, and only what is executed costs something.
   */
  readonly chargesForTime?: boolean;
  /**
   * The key its certificates are signed with, which `ic0.root_key` shows and the subnet id follows from: DER, 133 bytes.
   * Default: the public test key of `SubnetKeys`.
   */
  readonly rootKey?: Uint8Array;
  readonly onEvent?: (event: NetworkEvent) => void;
}
