/**
 * `npm run generate`: writes the TypeScript types and Candid factories of `src/client/generated/` from the Candid
 * files of the canisters.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { generateTypeScript } from './build/candid-interface.ts';
import { projectRoot } from './build/paths.ts';

/** Paths in the checkout. */
export interface Binding {
  readonly candid: string;
  readonly output: string;
}

export const bindings: readonly Binding[] = [
  { candid: 'src/manager/manager.did', output: 'src/client/generated/manager.ts' },
  { candid: 'src/greeter/greeter.did', output: 'src/client/generated/greeter.ts' },
  { candid: 'src/client/management.did', output: 'src/client/generated/management.ts' },
];

/** What belongs into the output of a binding. */
export async function generateBinding({ candid, output }: Binding): Promise<string> {
  const generated = await generateTypeScript(await readFile(join(projectRoot, candid), 'utf8'));
  const source = [
    `// Generated from ${candid} by "npm run generate". Change that file, not this one.`,
    '',
    // The only thing it would need the whole agent library for.
    generated.replace(
      "import { ActorMethod } from '@dfinity/agent';",
      "import type { ActorMethod } from '../actor-method.ts';",
    ),
  ].join('\n');
  const path = join(projectRoot, output);
  const formatted = await format(source, { ...(await resolveConfig(path)), filepath: path });
  return withoutUnusedLocals(withoutTypeValues(formatted));
}

/** The generator writes every type a second time outside of the factory, as a value that nobody here needs. */
function withoutTypeValues(source: string): string {
  return source.replace(/^export const \w+ = [^]*?;\n/gm, '');
}

/** The generator repeats every type inside the factory, also those that only the init argument needs. */
function withoutUnusedLocals(source: string): string {
  return source.replace(/^export const idlFactory[^]*?^};$/m, (factory) => {
    const declarations = [...factory.matchAll(/^ {2}const (\w+) = [^]*?;\n/gm)];
    // From the last to the first: a type may be needed by nothing but another that is not needed.
    return declarations.reduceRight((kept, [declaration, name = '']) => {
      const isUsed = kept.split(new RegExp(`\\b${name}\\b`)).length > 2;
      return isUsed ? kept : kept.replace(declaration, '');
    }, factory);
  });
}

async function main(): Promise<void> {
  for (const binding of bindings) {
    const path = join(projectRoot, binding.output);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, await generateBinding(binding));
    console.log(`${binding.output}: written from ${binding.candid}`);
  }
}

if (process.argv[1] === import.meta.filename) await main();
