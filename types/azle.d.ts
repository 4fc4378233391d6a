/**
 * The part of azle 0.33 that our canisters use, typed strictly.
 *
 * azle publishes TypeScript sources instead of declarations, and those sources do not compile under our
 * compiler flags; tsconfig's `paths` therefore points `azle` here for type checking. The bundler ignores that
 * mapping (scripts/build/bundle.ts), so a canister always contains the real library.
 * Signatures: `node_modules/azle/src/stable/lib`.
 */
import type { IDL } from '@dfinity/candid';
import type { Principal } from '@dfinity/principal';

export { IDL } from '@dfinity/candid';
export { Principal } from '@dfinity/principal';

/** A canister method as the decorators see it. */
type CanisterMethod<This, Args extends unknown[], Return> = (this: This, ...args: Args) => Return;

/** A decorator that registers a method as an entry point; it never replaces the method. */
type EntryPointDecorator = <This, Args extends unknown[], Return>(
  method: CanisterMethod<This, Args, Return>,
  context: ClassMethodDecoratorContext<This, CanisterMethod<This, Args, Return>>,
) => void;

/** Options of `query` and `update`. */
export interface MethodOptions {
  /** Skip Candid on both sides: read with `msgArgData`, answer with `msgReply` or `msgReject`. */
  manual?: boolean;
  /** Leave the method out of the generated Candid interface; it stays callable. */
  hidden?: boolean;
}

/** Options of `query`. */
export interface QueryOptions extends MethodOptions {
  /** Allow calls to other canisters' queries. */
  composite?: boolean;
}

/** Options of the entry points that take no reply. */
export interface EntryPointOptions {
  /** Skip the Candid decoding of the argument. */
  manual?: boolean;
}

export function query(
  paramIdlTypes?: IDL.Type[],
  returnIdlType?: IDL.Type,
  options?: QueryOptions,
): EntryPointDecorator;
export function query<This, Args extends unknown[], Return>(
  method: CanisterMethod<This, Args, Return>,
  context: ClassMethodDecoratorContext<This, CanisterMethod<This, Args, Return>>,
): void;

export function update(
  paramIdlTypes?: IDL.Type[],
  returnIdlType?: IDL.Type,
  options?: MethodOptions,
): EntryPointDecorator;
export function update<This, Args extends unknown[], Return>(
  method: CanisterMethod<This, Args, Return>,
  context: ClassMethodDecoratorContext<This, CanisterMethod<This, Args, Return>>,
): void;

/** `init` and `postUpgrade` of one canister must name the same parameters, even when both are manual. */
export function init(paramIdlTypes?: IDL.Type[], options?: EntryPointOptions): EntryPointDecorator;
export function init<This, Args extends unknown[], Return>(
  method: CanisterMethod<This, Args, Return>,
  context: ClassMethodDecoratorContext<This, CanisterMethod<This, Args, Return>>,
): void;

export function postUpgrade(paramIdlTypes?: IDL.Type[], options?: EntryPointOptions): EntryPointDecorator;
export function postUpgrade<This, Args extends unknown[], Return>(
  method: CanisterMethod<This, Args, Return>,
  context: ClassMethodDecoratorContext<This, CanisterMethod<This, Args, Return>>,
): void;

export function preUpgrade<This, Args extends unknown[], Return>(
  method: CanisterMethod<This, Args, Return>,
  context: ClassMethodDecoratorContext<This, CanisterMethod<This, Args, Return>>,
): void;

/**
 * Decides whether an ingress update is admitted: the method returns `true` or the call is refused.
 * Not manual: called with the method name and the decoded arguments. Manual: called with nothing.
 */
export function inspectMessage(options?: EntryPointOptions): EntryPointDecorator;
export function inspectMessage<This, Args extends unknown[], Return>(
  method: CanisterMethod<This, Args, Return>,
  context: ClassMethodDecoratorContext<This, CanisterMethod<This, Args, Return>>,
): void;

/** Options of a call whose argument and reply stay bytes; the only kind we make (an undecodable reply traps otherwise). */
export interface RawCallOptions {
  raw: true;
  /** Candid bytes; absent means the empty argument list. */
  args?: Uint8Array;
  cycles?: bigint;
}

/**
 * An awaited inter-canister call with unbounded waiting time.
 *
 * @returns the reply's bytes. Rejects with {@link CallError}.
 */
export function call(canisterId: Principal, method: string, options: RawCallOptions): Promise<Uint8Array>;

/** What an awaited call rejects with: an `Error` with these fields on it. */
export type CallError = Error &
  (
    | { type: 'CallPerformFailed' }
    | { type: 'CallRejected'; rejectCode: 1 | 2 | 3 | 4 | 5 | 6; rejectMessage: string }
    | { type: 'CleanupCallback'; rejectCode: 10_001 }
    | { type: 'InsufficientLiquidCycleBalance'; available: bigint; required: bigint }
  );

/** How keys or values of a {@link StableBTreeMap} become bytes. Keys are ordered by their bytes. */
export interface Serializable<T> {
  toBytes(data: T): Uint8Array;
  fromBytes(bytes: Uint8Array): T;
}

/**
 * A map in stable memory; it survives upgrades. azle's default JSON serialisers are left out of this declaration
 * on purpose: they cost ten to thirty times as much as a binary one and sort numbers as text.
 */
export class StableBTreeMap<Key, Value> {
  /** @param memoryId - 0..253, one for each map; every map costs at least 8 MiB of stable memory. */
  constructor(memoryId: number, keySerializable: Serializable<Key>, valueSerializable: Serializable<Value>);
  containsKey(key: Key): boolean;
  get(key: Key): Value | undefined;
  /** @returns the value that was replaced. */
  insert(key: Key, value: Value): Value | undefined;
  isEmpty(): boolean;
  /** Costs grow with `startIndex`: skipped entries are walked over. The same holds for `keys` and `values`. */
  items(startIndex?: number, length?: number): [Key, Value][];
  keys(startIndex?: number, length?: number): Key[];
  len(): number;
  /** @returns the value that was removed. */
  remove(key: Key): Value | undefined;
  values(startIndex?: number, length?: number): Value[];
}

/** @param delay - whole seconds. @returns the timer's id. Never pass a pending one to `clearTimer`: azle panics. */
export function setTimer(delay: number, callback: () => void | Promise<void>): bigint;
/** @param interval - whole seconds. @returns the timer's id. */
export function setTimerInterval(interval: number, callback: () => void | Promise<void>): bigint;
export function clearTimer(timerId: bigint): void;

export function canisterCycleBalance(): bigint;
export function canisterSelf(): Principal;
export function canisterVersion(): bigint;
export function certifiedDataSet(data: Uint8Array): void;
export function dataCertificate(): Uint8Array | undefined;
export function inReplicatedExecution(): boolean;
export function isController(principal: Principal): boolean;
export function msgArgData(): Uint8Array;
export function msgCaller(): Principal;
export function msgCyclesAccept(maximum: bigint): bigint;
export function msgCyclesAvailable(): bigint;
export function msgCyclesRefunded(): bigint;
export function msgMethodName(): string;
export function msgReject(message: string): void;
export function msgRejectCode(): number;
export function msgRejectMsg(): string;
export function msgReply(data: Uint8Array): void;
/** @param counterType - 0: instructions of this message; 1: of this call context so far. */
export function performanceCounter(counterType: 0 | 1): bigint;
/** Nanoseconds since 1970-01-01 UTC. */
export function time(): bigint;
export function trap(message: string): never;
