import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { type StableImage, StableMemory, WasmTrap } from '../../../src/localnet/wasm/index.ts';

const wasmPageBytes = 65_536;

/** Flat bytes, the obvious way to have a stable memory. */
class FlatMemory {
  bytes = Buffer.alloc(0);

  grow(pages: number, maximumPages: number): bigint {
    const before = this.bytes.length / wasmPageBytes;
    if (before + pages > maximumPages) return -1n;
    this.bytes = Buffer.concat([this.bytes, Buffer.alloc(pages * wasmPageBytes)]);
    return BigInt(before);
  }
}

type Operation =
  | { readonly kind: 'grow'; readonly pages: number }
  | { readonly kind: 'write'; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly kind: 'read'; readonly offset: number; readonly length: number }
  | { readonly kind: 'snapshot' }
  | { readonly kind: 'restore'; readonly index: number };

const initialPages = 40;
const maximumPages = 80;
/** Mostly a few borders of 4 KiB pages and of 2 MiB leaves, so that writes meet each other. */
const anyOffset = fc.oneof(
  { weight: 1, arbitrary: fc.nat({ max: maximumPages * wasmPageBytes }) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom(0, 4096, 8192, 2 ** 21, 2 ** 21 + 4096), fc.integer({ min: -20, max: 20 }))
      .map(([border, distance]) => Math.max(0, border + distance)),
  },
);
const anyOperation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('grow' as const), pages: fc.nat({ max: 40 }) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      offset: anyOffset,
      bytes: fc.oneof(
        fc.uint8Array({ maxLength: 40 }),
        fc
          .tuple(fc.integer({ min: 1, max: 255 }), fc.nat({ max: 10_000 }))
          .map(([byte, length]) => new Uint8Array(length).fill(byte)),
      ),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('read' as const),
      offset: anyOffset,
      length: fc.nat({ max: 10_000 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('snapshot' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('restore' as const), index: fc.nat({ max: 10 }) }) },
);

function contents(memory: StableMemory): Buffer {
  const bytes = Buffer.alloc(memory.sizePages * wasmPageBytes, 0xee);
  memory.read(0, bytes);
  return bytes;
}

function expectOutOfBounds(access: () => void): void {
  expect(access).toThrow(expect.objectContaining({ kind: 'stable memory out of bounds', code: 'IC0502' }));
}

describe('stable memory', () => {
  it('behaves as flat bytes do, through any sequence of snapshots and restores', () => {
    fc.assert(
      fc.property(fc.array(anyOperation, { maxLength: 40, size: 'max' }), (operations) => {
        const memory = new StableMemory({ maximumPages });
        const model = new FlatMemory();
        expect(memory.grow(initialPages)).toBe(model.grow(initialPages, maximumPages));
        const images: { image: StableImage; bytes: Buffer }[] = [];
        for (const operation of operations) {
          switch (operation.kind) {
            case 'grow':
              expect(memory.grow(operation.pages)).toBe(model.grow(operation.pages, maximumPages));
              break;
            case 'write':
              if (operation.offset + operation.bytes.length > model.bytes.length) {
                expectOutOfBounds(() => {
                  memory.write(operation.offset, operation.bytes);
                });
              } else {
                memory.write(BigInt(operation.offset), operation.bytes);
                model.bytes.set(operation.bytes, operation.offset);
              }
              break;
            case 'read': {
              const target = Buffer.alloc(operation.length, 0xee);
              const end = operation.offset + operation.length;
              if (end > model.bytes.length) {
                expectOutOfBounds(() => {
                  memory.read(operation.offset, target);
                });
              } else {
                memory.read(operation.offset, target);
                expect(target.equals(model.bytes.subarray(operation.offset, end))).toBe(true);
              }
              break;
            }
            case 'snapshot':
              images.push({ image: memory.snapshot(), bytes: Buffer.from(model.bytes) });
              break;
            case 'restore': {
              const chosen = images[operation.index % Math.max(images.length, 1)];
              if (chosen === undefined) break;
              memory.restore(chosen.image);
              model.bytes = Buffer.from(chosen.bytes);
              break;
            }
          }
        }
        expect(memory.sizePages).toBe(model.bytes.length / wasmPageBytes);
        expect(contents(memory).equals(model.bytes)).toBe(true);
        // Nothing that was written later may show in an image.
        for (const { image, bytes } of images) {
          const other = new StableMemory({ maximumPages });
          other.restore(image);
          expect(contents(other).equals(bytes)).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('grows to 500 GiB without holding that much, and no further', () => {
    const memory = new StableMemory();
    const maximum = (500 * 2 ** 30) / wasmPageBytes;
    expect(memory.grow(BigInt(maximum))).toBe(0n);
    const last = BigInt(maximum) * BigInt(wasmPageBytes) - 3n;
    memory.write(last, Uint8Array.of(1, 2, 3));
    const read = new Uint8Array(3);
    memory.read(last, read);
    expect([...read]).toEqual([1, 2, 3]);
    expect(memory.touchedBytes).toBe(4096);
    expect(memory.grow(1n)).toBe(-1n);
    expect(memory.sizePages).toBe(maximum);
  });

  it('counts every written page once until the next snapshot', () => {
    const memory = new StableMemory();
    memory.grow(2);
    memory.write(4090, new Uint8Array(10).fill(1));
    memory.write(4000, new Uint8Array(10).fill(2));
    expect(memory.touchedBytes).toBe(2 * 4096);
    memory.snapshot();
    expect(memory.touchedBytes).toBe(0);
    memory.write(0, Uint8Array.of(3));
    expect(memory.touchedBytes).toBe(4096);
  });

  it('shares untouched pages between images', () => {
    const memory = new StableMemory();
    memory.grow(100);
    memory.write(0, Uint8Array.of(1));
    memory.write(5_000_000, Uint8Array.of(2));
    const first = memory.snapshot();
    memory.write(5_000_000, Uint8Array.of(3));
    const second = memory.snapshot();
    expect(second.leaves.get(0)).toBe(first.leaves.get(0));
    expect(second.leaves.get(2)).not.toBe(first.leaves.get(2));
  });

  it('refuses accesses that end behind it, and changes nothing then', () => {
    const memory = new StableMemory();
    memory.grow(1);
    expectOutOfBounds(() => {
      memory.write(wasmPageBytes - 1, Uint8Array.of(1, 2));
    });
    expectOutOfBounds(() => {
      memory.read(2n ** 63n, new Uint8Array(1));
    });
    expectOutOfBounds(() => {
      memory.read(-1, new Uint8Array(1));
    });
    expect(contents(memory).every((byte) => byte === 0)).toBe(true);
    expect(() => {
      memory.read(wasmPageBytes, new Uint8Array(0));
    }).not.toThrow(WasmTrap);
  });
});
