import { type HeapImage, type StableImage, StableMemory } from '../wasm/index.ts';

/** The unit in which heap images share what is equal. */
const heapPageBytes = 4_096;

/** Copies a part of a heap. @param offset with `size` inside the heap: check before */
export function readHeap(heap: HeapImage, offset: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  eachPage(offset, size, (index, inPage, position, length) => {
    const page = heap.pages[index];
    if (page !== undefined) bytes.set(page.subarray(inPage, inPage + length), position);
  });
  return bytes;
}

/** A heap that differs from the given one in a part; the rest is shared. */
export function writeHeap(heap: HeapImage, offset: number, bytes: Uint8Array): HeapImage {
  const pages = [...heap.pages];
  eachPage(offset, bytes.length, (index, inPage, position, length) => {
    const page = pages[index]?.slice() ?? new Uint8Array(heapPageBytes);
    page.set(bytes.subarray(position, position + length), inPage);
    pages[index] = page;
  });
  return { ...heap, pages };
}

/** A heap of zeros. @param byteLength a whole number of Wasm pages */
export function zeroHeap(byteLength: number, globals: HeapImage['globals']): HeapImage {
  return {
    pages: Array.from<undefined>({ length: byteLength / heapPageBytes }),
    byteLength,
    globals,
  };
}

/** Copies a part of a stable memory. @param offset with `size` inside the memory: check before */
export function readStable(stable: StableImage, offset: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  memoryAt(stable).read(offset, bytes);
  return bytes;
}

/** A stable memory that differs from the given one in a part; the rest is shared. */
export function writeStable(stable: StableImage, offset: number, bytes: Uint8Array): StableImage {
  const memory = memoryAt(stable);
  memory.write(offset, bytes);
  return memory.snapshot();
}

export function zeroStable(sizePages: bigint): StableImage {
  const memory = new StableMemory();
  memory.grow(sizePages);
  return memory.snapshot();
}

function memoryAt(image: StableImage): StableMemory {
  const memory = new StableMemory();
  memory.restore(image);
  return memory;
}

/** Cuts a range along the pages: which page, where in it, where in the range, how much. */
function eachPage(
  offset: number,
  size: number,
  use: (index: number, inPage: number, position: number, length: number) => void,
): void {
  for (let position = 0; position < size;) {
    const inPage = (offset + position) % heapPageBytes;
    const length = Math.min(heapPageBytes - inPage, size - position);
    use((offset + position - inPage) / heapPageBytes, inPage, position, length);
    position += length;
  }
}
