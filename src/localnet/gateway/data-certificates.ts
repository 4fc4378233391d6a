import type { Principal } from '@dfinity/principal';
import {
  encodeLeb128,
  equalBytes,
  labeledTree,
  type SubnetKeys,
  type TreeSource,
} from '../certification/index.ts';
import { nanosPerSecond } from '../limits.ts';
import type { LocalNetwork } from '../network.ts';

/** A certificate is given out again for so long while the data is the same: signing takes milliseconds. */
const reuseNanos = nanosPerSecond;
const maximumRemembered = 64;

interface Remembered {
  readonly timeNanos: bigint;
  readonly data: Uint8Array;
  readonly certificate: Uint8Array;
}

/** Certificates of canisters' certified data, as their queries see them. They show the time and nothing else besides. */
export class DataCertificates {
  readonly #remembered = new Map<string, Remembered>();

  constructor(
    private readonly network: LocalNetwork,
    private readonly keys: SubnetKeys,
  ) {}

  /** @param canisterId of a canister that exists */
  certify(canisterId: Principal): Uint8Array {
    const { timeNanos } = this.network;
    const data = this.network.canister(canisterId).certifiedData;
    const known = this.#remembered.get(canisterId.toHex());
    if (known !== undefined && equalBytes(known.data, data) && timeNanos - known.timeNanos < reuseNanos) {
      return known.certificate;
    }
    const canister = new Map([['certified_data', data]]);
    const tree = labeledTree(
      new Map<string, TreeSource>([
        ['canister', new Map([[canisterId.toUint8Array(), canister]])],
        ['time', encodeLeb128(timeNanos)],
      ]),
    );
    const certificate = this.keys.certify(tree);
    if (this.#remembered.size >= maximumRemembered) this.#remembered.clear();
    this.#remembered.set(canisterId.toHex(), { timeNanos, data, certificate });
    return certificate;
  }
}
