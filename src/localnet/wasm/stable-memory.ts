import { WasmTrap } from './wasm-trap.ts';

const pageBytes = 4096;
const wasmPageBytes = 65_536;
/** Pages per leaf: 2 MiB, so that a snapshot costs at most one small array per touched 2 MiB. */
const leafPages = 512;
/** 500 GiB, the most stable memory a canister may have (IC `MAX_STABLE_MEMORY_IN_BYTES`). */
const defaultMaximumPages = (500 * 2 ** 30) / wasmPageBytes;

/** A run of 4 KiB pages; an absent page is all zero. `written` marks the pages only the current owner can see. */
interface Leaf {
  readonly owner: object;
  readonly pages: (Uint8Array | undefined)[];
  readonly written: Uint8Array;
}

/** A frozen state of a stable memory. Pages are shared between images and never change. */
export interface StableImage {
  /** In 64 KiB Wasm pages. */
  readonly sizePages: number;
  readonly leaves: ReadonlyMap<number, Leaf>;
}

/**
 * A canister's stable memory: sparse, so that an empty terabyte costs nothing, and copy-on-write, so that
 * {@link StableMemory.snapshot} and {@link StableMemory.restore} cost what was touched, not what is stored.
 */
export class StableMemory {
  readonly #maximumPages: number;
  #sizePages = 0;
  #leaves = new Map<number, Leaf>();
  /** Replaced at every snapshot: leaves of another owner are shared and must be copied before a write. */
  #owner = {};
  #leavesAreShared = false;
  #touchedPages = 0;

  /**
   * @param options.maximumPages - size limit in 64 KiB pages; default 500 GiB
   */
  constructor(options: { readonly maximumPages?: number } = {}) {
    this.#maximumPages = options.maximumPages ?? defaultMaximumPages;
  }

  /** Size in 64 KiB Wasm pages. */
  get sizePages(): number {
    return this.#sizePages;
  }

  /** Bytes of the distinct 4 KiB pages written since the last snapshot or restore. */
  get touchedBytes(): number {
    return this.#touchedPages * pageBytes;
  }

  /**
   * Adds zeroed 64 KiB pages.
   *
   * @returns the size before in 64 KiB pages, or -1 when the limit would be passed (nothing changes then)
   */
  grow(pages: bigint | number): bigint {
    const before = this.#sizePages;
    const after = before + Number(pages);
    if (after > this.#maximumPages) return -1n;
    this.#sizePages = after;
    return BigInt(before);
  }

  /**
   * Fills `target` with the bytes at `offset`.
   *
   * @throws WasmTrap 'stable memory out of bounds'
   */
  read(offset: bigint | number, target: Uint8Array): void {
    const start = this.#checkedStart(offset, target.length);
    for (let done = 0; done < target.length;) {
      const position = start + done;
      const inPage = position % pageBytes;
      const length = Math.min(pageBytes - inPage, target.length - done);
      const pageIndex = (position - inPage) / pageBytes;
      const page = this.#leaves.get(Math.floor(pageIndex / leafPages))?.pages[pageIndex % leafPages];
      if (page === undefined) target.fill(0, done, done + length);
      else target.set(page.subarray(inPage, inPage + length), done);
      done += length;
    }
  }

  /**
   * Writes `source` at `offset`.
   *
   * @throws WasmTrap 'stable memory out of bounds', before anything is written
   */
  write(offset: bigint | number, source: Uint8Array): void {
    const start = this.#checkedStart(offset, source.length);
    for (let done = 0; done < source.length;) {
      const position = start + done;
      const inPage = position % pageBytes;
      const length = Math.min(pageBytes - inPage, source.length - done);
      this.#writablePage((position - inPage) / pageBytes).set(source.subarray(done, done + length), inPage);
      done += length;
    }
  }

  /** Freezes the current contents; later writes do not show in the image. */
  snapshot(): StableImage {
    const image = { sizePages: this.#sizePages, leaves: this.#leaves };
    this.#share();
    return image;
  }

  /** Returns to the contents of an image, of this memory or another one. */
  restore(image: StableImage): void {
    this.#sizePages = image.sizePages;
    // Only ever written through #ownLeaves, which copies a shared map first.
    this.#leaves = image.leaves as Map<number, Leaf>;
    this.#share();
  }

  #share(): void {
    this.#owner = {};
    this.#leavesAreShared = true;
    this.#touchedPages = 0;
  }

  #checkedStart(offset: bigint | number, length: number): number {
    const start = Number(offset);
    if (start < 0 || start + length > this.#sizePages * wasmPageBytes) {
      throw new WasmTrap('stable memory out of bounds');
    }
    return start;
  }

  #writablePage(pageIndex: number): Uint8Array {
    const leaf = this.#writableLeaf(Math.floor(pageIndex / leafPages));
    const inLeaf = pageIndex % leafPages;
    const current = leaf.pages[inLeaf];
    if (current !== undefined && leaf.written[inLeaf] === 1) return current;
    const page = current === undefined ? new Uint8Array(pageBytes) : current.slice();
    leaf.pages[inLeaf] = page;
    leaf.written[inLeaf] = 1;
    this.#touchedPages += 1;
    return page;
  }

  #writableLeaf(leafIndex: number): Leaf {
    const current = this.#leaves.get(leafIndex);
    if (current?.owner === this.#owner) return current;
    if (this.#leavesAreShared) {
      this.#leaves = new Map(this.#leaves);
      this.#leavesAreShared = false;
    }
    const pages =
      current === undefined ? new Array<Uint8Array | undefined>(leafPages) : current.pages.slice();
    const leaf: Leaf = { owner: this.#owner, pages, written: new Uint8Array(leafPages) };
    this.#leaves.set(leafIndex, leaf);
    return leaf;
  }
}
