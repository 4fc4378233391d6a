import { setFlagsFromString } from 'node:v8';

const flags = ['wasm-tier-up', 'wasm-dynamic-tiering', 'wasm-lazy-compilation'] as const;

/** A custom section of no meaning: V8 would take the optimised code of a module with the same bytes. */
const marker = [0, 9, 8, ...Buffer.from('baseline')];

/**
 * Compiles a module so that it stays with V8's baseline compiler, whose frames have a size known beforehand.
 *
 * V8 offers that only as flags of the process. They are set back before anything else can be compiled in this thread;
 * a thread that compiles Wasm in the same moment gets slower code, no other.
 */
export function compileBaseline(wasm: Uint8Array): WebAssembly.Module {
  const marked = new Uint8Array(wasm.length + marker.length);
  marked.set(wasm);
  marked.set(marker, wasm.length);
  setFlagsFromString('--liftoff');
  for (const flag of flags) setFlagsFromString(`--no-${flag}`);
  try {
    return new WebAssembly.Module(marked);
  } finally {
    for (const flag of flags) setFlagsFromString(`--${flag}`);
  }
}
