import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** The part of the Motoko compiler's JavaScript interface used here. */
interface MotokoCompiler {
  readonly version: string;
  saveFile(path: string, source: string): void;
  gcFlags(option: 'classicOP'): void;
  compileWasm(mode: 'ic', path: string): { diagnostics: Diagnostic[]; code: { wasm: Uint8Array } | null };
}

interface Diagnostic {
  readonly message: string;
  readonly severity: number;
  readonly range: { readonly start: { readonly line: number; readonly character: number } };
}

/** What the compiler numbers errors with; warnings have 2. */
const errorSeverity = 1;

const require = createRequire(import.meta.url);
const compilerPath = require.resolve('motoko/versions/latest/moc.min.js');
const cacheDirectory = fileURLToPath(new URL('../../.cache/motoko/', import.meta.url));

/**
 * Compiles a Motoko actor with classical persistence, which gives a wasm32 module.
 *
 * Compiling takes seconds, so modules are kept in `.cache/motoko`, keyed by source and compiler.
 *
 * @param source of one actor or actor class that imports nothing but `mo:⛔` and what `imports` has
 * @param imports - sources of actor classes, by the name under which they are imported
 * @throws Error with the compiler's messages and their lines
 */
export function compileMotoko(source: string, imports: Readonly<Record<string, string>> = {}): Uint8Array {
  const compilerCode = readFileSync(compilerPath);
  const hash = createHash('sha256').update(compilerCode).update(source);
  for (const [name, imported] of Object.entries(imports)) hash.update(name).update(imported);
  const key = hash.digest('hex');
  const cached = `${cacheDirectory}${key}.wasm`;
  if (existsSync(cached)) return Uint8Array.from(readFileSync(cached));
  const wasm = compile(source, imports);
  mkdirSync(cacheDirectory, { recursive: true });
  // Renamed into place: another test process may be reading or writing the same module.
  const written = `${cached}.${process.pid}`;
  writeFileSync(written, wasm);
  renameSync(written, cached);
  return wasm;
}

function compile(source: string, imports: Readonly<Record<string, string>>): Uint8Array {
  const { Motoko: compiler } = require(compilerPath) as { Motoko: MotokoCompiler };
  compiler.saveFile('Main.mo', source);
  for (const [name, imported] of Object.entries(imports)) compiler.saveFile(`${name}.mo`, imported);
  compiler.gcFlags('classicOP');
  const { diagnostics, code } = compiler.compileWasm('ic', 'Main.mo');
  if (code === null) {
    const errors = diagnostics.filter(({ severity }) => severity === errorSeverity);
    throw new Error(`The Motoko compiler refused the source.\n${errors.map(describe).join('\n')}`);
  }
  return code.wasm;
}

function describe({ message, range }: Diagnostic): string {
  return `line ${range.start.line + 1}, column ${range.start.character + 1}: ${message}`;
}
