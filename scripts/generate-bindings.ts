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
];

/** What belongs into the output of a binding. */
export async function generateBinding({ candid, output }: Binding): Promise<string> {
  const generated = await generateTypeScript(await readFile(join(projectRoot, candid), 'utf8'));
  const source = [
    `// Generated from ${candid} by "npm run generate". Change that file, not this one.`,
    // The generator repeats types inside the factory, also those that only the init argument needs.
    '// @ts-nocheck: unused locals',
    '',
    // The only thing it would need the whole agent library for.
    generated.replace(
      "import { ActorMethod } from '@dfinity/agent';",
      "import type { ActorMethod } from '../actor-method.ts';",
    ),
  ].join('\n');
  const path = join(projectRoot, output);
  return format(source, { ...(await resolveConfig(path)), filepath: path });
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
