import { memoryAccessLimitExceeded } from '../canister-failure.ts';
import { type ExecutionMode, isReplicated } from '../execution/execution-mode.ts';
import { stableAccessLimitBytes } from '../limits.ts';

const pageBytes = 4_096;
const pagesPerBlock = 1_024;
const kibibyte = 1_024;

/** Counts distinct pages. */
class PageSet {
  readonly #blocks = new Map<number, Uint8Array>();
  size = 0;

  add(first: number, last: number): void {
    for (let page = first; page <= last; page += 1) {
      const blockIndex = Math.floor(page / pagesPerBlock);
      let block = this.#blocks.get(blockIndex);
      if (block === undefined) {
        block = new Uint8Array(pagesPerBlock);
        this.#blocks.set(blockIndex, block);
      }
      const inBlock = page % pagesPerBlock;
      if (block[inBlock] === 1) continue;
      block[inBlock] = 1;
      this.size += 1;
    }
  }
}

/**
 * Watches how much of its stable memory one execution reads and writes.
 *
 * Source: dfinity/ic `rs/config/src/embedders.rs`, `STABLE_MEMORY_ACCESSED_PAGE_LIMIT_*` and
 * `STABLE_MEMORY_DIRTY_PAGE_LIMIT_*`, which are equal; texts of `wasmtime_embedder/system_api.rs`.
 */
export class StableAccess {
  readonly #limitPages: number;
  readonly #accessed = new PageSet();
  readonly #written = new PageSet();

  /** @param limitBytes how much may be accessed, and how much written */
  constructor(limitBytes: number) {
    this.#limitPages = limitBytes / pageBytes;
  }

  /** @throws CanisterFailure IC0524 */
  read(offset: bigint, size: bigint): void {
    note(this.#accessed, offset, size);
    if (this.#accessed.size > this.#limitPages) {
      throw memoryAccessLimitExceeded(
        'Exceeded the limit for the number of accessed pages in the stable memory in a single message execution: ' +
          `limit ${kilobytes('message')} KB for regular messages and ${kilobytes('query')} KB for queries.`,
      );
    }
  }

  /** @throws CanisterFailure IC0524 */
  write(offset: bigint, size: bigint): void {
    note(this.#written, offset, size);
    if (this.#written.size > this.#limitPages) {
      throw memoryAccessLimitExceeded(
        'Exceeded the limit for the number of modified pages in the stable memory in a single execution: ' +
          `limit ${kilobytes('message')} KB for regular messages, ${kilobytes('upgrade')} KB for upgrade messages ` +
          `and ${kilobytes('query')} KB for queries.`,
      );
    }
    this.read(offset, size);
  }
}

function note(pages: PageSet, offset: bigint, size: bigint): void {
  if (size === 0n) return;
  pages.add(Math.floor(Number(offset) / pageBytes), Math.floor(Number(offset + size - 1n) / pageBytes));
}

function kilobytes(kind: keyof typeof stableAccessLimitBytes): number {
  return stableAccessLimitBytes[kind] / kibibyte;
}

/** How much of its stable memory an execution of this kind may access. */
export function stableAccessLimitOf(mode: ExecutionMode): number {
  if (!isReplicated(mode)) return stableAccessLimitBytes.query;
  const installs = mode === 'start' || mode === 'init' || mode === 'preUpgrade';
  return installs ? stableAccessLimitBytes.upgrade : stableAccessLimitBytes.message;
}
