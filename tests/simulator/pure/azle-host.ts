import type { Introspection } from './introspection.ts';

/** What the simulated network gives to the canister's code in place of azle. Principals are bytes on this boundary. */
export interface AzleHost {
  /** A decorated method of the canister's class. */
  readonly register: (kind: EntryPointKind, name: string, method: () => unknown) => void;
  /** The module variables of one source file, which a trap must set back. */
  readonly registerVariables: (save: () => unknown[], restore: (values: unknown[]) => void) => void;
  /** Not azle's: what the oracle reads. */
  readonly reveal: (introspection: Introspection) => void;
  readonly map: (memoryId: number) => HostMap;
  readonly time: () => bigint;
  readonly canisterSelf: () => Uint8Array;
  readonly canisterVersion: () => bigint;
  readonly canisterCycleBalance: () => bigint;
  readonly isController: (principal: Uint8Array) => boolean;
  readonly performanceCounter: () => bigint;
  readonly msgCaller: () => Uint8Array;
  readonly msgMethodName: () => string;
  readonly msgArgData: () => Uint8Array;
  readonly msgReply: (reply: Uint8Array) => void;
  readonly msgReject: (message: string) => void;
  readonly msgRejectCode: () => number;
  readonly msgRejectMsg: () => string;
  readonly msgCyclesRefunded: () => bigint;
  readonly msgCyclesAvailable: () => bigint;
  readonly msgCyclesAccept: (maximum: bigint) => bigint;
  /** @param intervalSeconds absent: once */
  readonly setTimer: (
    delaySeconds: number,
    callback: () => void,
    intervalSeconds: number | undefined,
  ) => bigint;
  readonly clearTimer: (id: bigint) => void;
  readonly trap: (message: string) => never;
  readonly notifyRaw: (callee: Uint8Array, method: string, args: Uint8Array, cycles: string) => void;
}

export type EntryPointKind = 'init' | 'postUpgrade' | 'preUpgrade' | 'inspectMessage' | 'update' | 'query';

/** The operations of azle's StableBTreeMap, on bytes. */
export interface HostMap {
  get(key: Uint8Array): Uint8Array | undefined;
  insert(key: Uint8Array, value: Uint8Array): Uint8Array | undefined;
  remove(key: Uint8Array): Uint8Array | undefined;
  len(): number;
  items(startIndex?: number, length?: number): [Uint8Array, Uint8Array][];
}
