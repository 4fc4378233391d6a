import { createRequire } from 'node:module';

interface MotokoCompiler {
  saveFile(path: string, source: string): void;
  gcFlags(flag: 'classicOP'): void;
  compileWasm(
    mode: 'ic',
    path: string,
  ): { readonly diagnostics: unknown; readonly code: { readonly wasm: Uint8Array } | null };
}

/** Compiles one actor for a 32-bit memory. */
export function compileMotoko(source: string): Uint8Array {
  const { Motoko } = createRequire(import.meta.url)('motoko/versions/latest/moc.min.js') as {
    Motoko: MotokoCompiler;
  };
  Motoko.saveFile('actor.mo', source);
  // Without it the memory is 64-bit.
  Motoko.gcFlags('classicOP');
  const { code, diagnostics } = Motoko.compileWasm('ic', 'actor.mo');
  if (code === null) throw new Error(`Motoko refused the source: ${JSON.stringify(diagnostics)}`);
  return code.wasm;
}
