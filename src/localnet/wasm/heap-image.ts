/** The unit in which heaps are compared and shared; the replica's OS page. */
const heapPageBytes = 4096;

const zeroPage = new Uint8Array(heapPageBytes);

/**
 * A frozen heap with the module's mutable globals.
 *
 * Pages are immutable and shared between images: two images of the same canister differ only in the pages an
 * execution changed. Copy before changing anything.
 */
export interface HeapImage {
  /** 4 KiB pages in address order; undefined is a page of zeros. */
  readonly pages: readonly (Uint8Array | undefined)[];
  /** Size of the Wasm memory. */
  readonly byteLength: number;
  /** Values of the mutable globals, in the order of the module. */
  readonly globals: readonly (number | bigint)[];
}

/**
 * Freezes the pages of a memory, sharing those that equal the previous image's.
 *
 * @param memory - the whole Wasm memory
 * @param previous - pages of the image before, empty when there is none
 * @returns the pages, and how many of them differ from `previous`
 */
export function capturePages(
  memory: Buffer,
  previous: readonly (Uint8Array | undefined)[],
): { pages: (Uint8Array | undefined)[]; dirtyPages: number } {
  const pageCount = memory.length / heapPageBytes;
  const pages = new Array<Uint8Array | undefined>(pageCount);
  let dirtyPages = 0;
  for (let index = 0; index < pageCount; index += 1) {
    const start = index * heapPageBytes;
    const end = start + heapPageBytes;
    const before = previous[index];
    if (memory.compare(before ?? zeroPage, 0, heapPageBytes, start, end) === 0) {
      pages[index] = before;
      continue;
    }
    dirtyPages += 1;
    const isZero = before !== undefined && memory.compare(zeroPage, 0, heapPageBytes, start, end) === 0;
    pages[index] = isZero ? undefined : copyOfPage(memory, start);
  }
  return { pages, dirtyPages };
}

/** As a plain array: a Buffer of this size could be part of a pool, and would keep all of it. */
function copyOfPage(memory: Buffer, start: number): Uint8Array {
  const page = new Uint8Array(heapPageBytes);
  memory.copy(page, 0, start, start + heapPageBytes);
  return page;
}

/**
 * Makes a memory equal to frozen pages, writing only where it differs; memory beyond them becomes zero.
 *
 * @param memory - the whole Wasm memory, at least as large as the pages
 */
export function restorePages(memory: Buffer, pages: readonly (Uint8Array | undefined)[]): void {
  for (let start = 0, index = 0; start < memory.length; start += heapPageBytes, index += 1) {
    const page = pages[index] ?? zeroPage;
    if (memory.compare(page, 0, heapPageBytes, start, start + heapPageBytes) !== 0) memory.set(page, start);
  }
}

/**
 * Fills the memory of a new instance. Faster than {@link restorePages}, which would make the system supply every
 * page twice: once to compare and once to write.
 *
 * @param memory - zero from `initialisedBytes` on
 */
export function fillPages(
  memory: Buffer,
  pages: readonly (Uint8Array | undefined)[],
  initialisedBytes: number,
): void {
  pages.forEach((page, index) => {
    const start = index * heapPageBytes;
    if (page !== undefined) memory.set(page, start);
    else if (start < initialisedBytes) memory.fill(0, start, start + heapPageBytes);
  });
  // A memory that starts larger than the image is zero behind it.
  const imageBytes = pages.length * heapPageBytes;
  if (imageBytes < initialisedBytes) memory.fill(0, imageBytes, initialisedBytes);
}
