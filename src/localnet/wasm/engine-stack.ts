import { compileBaseline } from './baseline-code.ts';
import { ByteWriter } from './byte-writer.ts';
import { hostStackBytes } from './frame-size.ts';

const localCount = 1_000;
const slotBytes = 8;
const i64 = 0x7e;

/** `f(n)`, which calls itself n times; each of its frames has more than `localCount` slots. */
function recursiveModule(): Uint8Array {
  const writer = new ByteWriter().bytes([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
  const section = (id: number, write: () => unknown): void => {
    writer.byte(id).lengthPrefixed(write);
  };
  section(1, () => writer.bytes([1, 0x60, 1, 0x7f, 0]));
  section(3, () => writer.bytes([1, 0]));
  section(7, () => writer.bytes([1]).name('f').bytes([0, 0]));
  section(10, () =>
    writer.byte(1).lengthPrefixed(() => {
      writer.byte(1).u32(localCount).byte(i64);
      // if n then f(n - 1)
      writer.bytes([0x20, 0, 0x04, 0x40, 0x20, 0, 0x41, 1, 0x6b, 0x10, 0, 0x0b, 0x0b]);
    }),
  );
  return writer.written;
}

/**
 * Whether the engine has stack for so many bytes of a canister's frames, and what it needs itself besides. Found out by
 * using them: V8 tells nobody how large its stack is.
 */
export function engineStackHolds(canisterBytes: number): boolean {
  const { exports } = new WebAssembly.Instance(compileBaseline(recursiveModule()), {});
  const calls = Math.ceil((canisterBytes + hostStackBytes) / (localCount * slotBytes));
  try {
    (exports['f'] as (calls: number) => void)(calls);
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
  return true;
}
