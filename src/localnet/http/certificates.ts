import type { Principal } from '@dfinity/principal';
import {
  digest,
  encodeLeb128,
  type HashTree,
  labeledTree,
  prune,
  type SubnetKeys,
  type TreeSource,
} from '../certification/index.ts';
import { nanosPerSecond } from '../limits.ts';
import type { LocalNetwork } from '../network.ts';
import { type StatePath, stateTree } from './state-tree.ts';

/** A certificate is given out again for so long while what it shows has not changed: real subnets make about one a second. */
const reuseNanos = nanosPerSecond;
const maximumRemembered = 256;
/** Larger ones are signed again: remembered, 256 replies of 2 MiB would stay in memory for good. */
const maximumRememberedBytes = 65_536;

interface Remembered {
  readonly timeNanos: bigint;
  readonly certificate: Uint8Array;
}

const text = new TextEncoder();

/** Certificates over a network's state. Each signature takes some milliseconds, so those that still hold are reused. */
export class Certificates {
  readonly #remembered = new Map<string, Remembered>();

  constructor(
    private readonly network: LocalNetwork,
    private readonly keys: SubnetKeys,
  ) {}

  /**
   * A certificate that shows the time and what is at the paths, or that there is nothing.
   *
   * @param paths the caller may see; at least one label each
   */
  certify(paths: readonly StatePath[]): Uint8Array {
    const { timeNanos } = this.network;
    const content = stateTree(this.network, this.keys, paths);
    const key = keyOf(digest(labeledTree(content)), paths);
    const known = this.#remembered.get(key);
    const age = known === undefined ? undefined : timeNanos - known.timeNanos;
    if (known !== undefined && age !== undefined && age >= 0n && age < reuseNanos) return known.certificate;
    const certificate = this.keys.certify(shown(withTime(content, timeNanos), paths));
    if (certificate.length <= maximumRememberedBytes) this.#remember(key, { timeNanos, certificate });
    return certificate;
  }

  /**
   * The same for many readers at once, each of whom is shown his own paths and gets a certificate of his own. They are
   * parts of one tree, so that it is signed once.
   */
  certifyEach(readers: readonly (readonly StatePath[])[]): Uint8Array[] {
    const tree = withTime(stateTree(this.network, this.keys, readers.flat()), this.network.timeNanos);
    return readers.map((paths) => this.keys.certify(shown(tree, paths)));
  }

  /** What a canister sees of its own certified data while it answers a query. */
  certifyData(canisterId: Principal): Uint8Array {
    return this.certify([
      [text.encode('canister'), canisterId.toUint8Array(), text.encode('certified_data')],
    ]);
  }

  #remember(key: string, remembered: Remembered): void {
    this.#remembered.delete(key);
    this.#remembered.set(key, remembered);
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size > maximumRemembered && oldest !== undefined) this.#remembered.delete(oldest);
  }
}

function withTime(content: ReadonlyMap<string, HashTree>, timeNanos: bigint): HashTree {
  return labeledTree(new Map<string, TreeSource>([...content, ['time', encodeLeb128(timeNanos)]]));
}

function shown(tree: HashTree, paths: readonly StatePath[]): HashTree {
  return prune(tree, [[text.encode('time')], ...paths]);
}

/** Two certificates show the same only if state and paths are the same. */
function keyOf(contentDigest: Uint8Array, paths: readonly StatePath[]): string {
  const shown = paths.map((path) => path.map((label) => Buffer.from(label).toString('hex')).join('/'));
  return [Buffer.from(contentDigest).toString('hex'), ...shown].join('\n');
}
