/**
 * `npm run --silent template -- <version>`: prints the argument of `publishTemplate` for the built Greeter as Candid
 * text, for command-line tools, none of which can put a file into a record.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from './build/paths.ts';

/** @param version the template's name in the Manager; see docs/limits.md for its form */
export function templateArgument(version: string, module: Uint8Array): string {
  const moduleHash = createHash('sha256').update(module).digest();
  return `(record { version = ${JSON.stringify(version)}; module = ${blob(module)}; moduleHash = ${blob(moduleHash)} })\n`;
}

function blob(bytes: Uint8Array): string {
  return `blob "${Buffer.from(bytes).toString('hex').replace(/../g, '\\$&')}"`;
}

async function main(): Promise<void> {
  const [version] = process.argv.slice(2);
  if (version === undefined) throw new Error('Name the version: npm run --silent template -- 1.0.0');
  const path = join(projectRoot, '.canisters/greeter/greeter.wasm.gz');
  process.stdout.write(templateArgument(version, await readFile(path)));
}

if (process.argv[1] === import.meta.filename) await main();
