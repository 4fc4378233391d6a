/**
 * Stands in for the module `azle` in the bundle of the Manager that the simulator runs: everything comes from the
 * host, which the bundle is given as `__host`. Only what the Manager uses; the bundle fails on anything else.
 */
import { Principal } from '@dfinity/principal';
import type { AzleHost, EntryPointKind, HostMap } from './azle-host.ts';

export { IDL } from '@dfinity/candid';
export { Principal };

declare const __host: AzleHost;

interface Serializable<T> {
  toBytes(data: T): Uint8Array;
  fromBytes(bytes: Uint8Array): T;
}

type Decorator = (method: () => unknown, context: { readonly name: string | symbol }) => void;

/** Every decorator of the Manager is called with arguments, which say only what Candid would: all its methods are manual. */
function entryPoint(kind: EntryPointKind): (...options: unknown[]) => Decorator {
  return () =>
    (method, { name }) => {
      __host.register(kind, String(name), method);
    };
}

export const init = entryPoint('init');
export const postUpgrade = entryPoint('postUpgrade');
export const preUpgrade = entryPoint('preUpgrade');
export const inspectMessage = entryPoint('inspectMessage');
export const update = entryPoint('update');
export const query = entryPoint('query');

export class StableBTreeMap<Key, Value> {
  private readonly map: HostMap;

  constructor(
    memoryId: number,
    private readonly keys: Serializable<Key>,
    private readonly values: Serializable<Value>,
  ) {
    this.map = __host.map(memoryId);
  }

  get(key: Key): Value | undefined {
    return this.value(this.map.get(this.keys.toBytes(key)));
  }

  insert(key: Key, value: Value): Value | undefined {
    return this.value(this.map.insert(this.keys.toBytes(key), this.values.toBytes(value)));
  }

  remove(key: Key): Value | undefined {
    return this.value(this.map.remove(this.keys.toBytes(key)));
  }

  len(): number {
    return this.map.len();
  }

  items(startIndex?: number, length?: number): [Key, Value][] {
    return this.map
      .items(startIndex, length)
      .map(([key, value]) => [this.keys.fromBytes(key), this.values.fromBytes(value)]);
  }

  private value(bytes: Uint8Array | undefined): Value | undefined {
    return bytes && this.values.fromBytes(bytes);
  }
}

export const time = (): bigint => __host.time();
export const canisterSelf = (): Principal => Principal.fromUint8Array(__host.canisterSelf());
export const canisterVersion = (): bigint => __host.canisterVersion();
export const canisterCycleBalance = (): bigint => __host.canisterCycleBalance();
export const isController = (principal: Principal): boolean => __host.isController(principal.toUint8Array());
export const performanceCounter = (): bigint => __host.performanceCounter();
export const msgCaller = (): Principal => Principal.fromUint8Array(__host.msgCaller());
export const msgMethodName = (): string => __host.msgMethodName();
export const msgArgData = (): Uint8Array => __host.msgArgData();
export const msgReply = (reply: Uint8Array): void => {
  __host.msgReply(reply);
};
export const msgReject = (message: string): void => {
  __host.msgReject(message);
};
export const msgRejectCode = (): number => __host.msgRejectCode();
export const msgRejectMsg = (): string => __host.msgRejectMsg();
export const msgCyclesRefunded = (): bigint => __host.msgCyclesRefunded();
export const msgCyclesAvailable = (): bigint => __host.msgCyclesAvailable();
export const msgCyclesAccept = (maximum: bigint): bigint => __host.msgCyclesAccept(maximum);
export const setTimer = (delaySeconds: number, callback: () => void): bigint =>
  __host.setTimer(delaySeconds, callback, undefined);
export const setTimerInterval = (intervalSeconds: number, callback: () => void): bigint =>
  __host.setTimer(intervalSeconds, callback, intervalSeconds);
export const clearTimer = (id: bigint): void => {
  __host.clearTimer(id);
};
export const trap = (message: string): never => __host.trap(message);
