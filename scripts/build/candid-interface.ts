import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';
import { transform } from 'esbuild';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compileFunction } from 'node:vm';
import { tsImport } from 'tsx/esm/api';
import { projectRoot } from './paths.ts';

/** What a Candid file says about a canister. */
export interface CandidInterface {
  readonly initArguments: readonly IDL.Type[];
  readonly methods: ReadonlyMap<string, IDL.FuncClass>;
}

const generatorPath =
  'node_modules/azle/src/stable/build/commands/generate/rust/candid_to_ts_js/pkg/candid_to_ts_js.js';

/**
 * TypeScript types and a `@dfinity/candid` factory for a Candid file, by azle's generator.
 *
 * @throws when the text is not a valid Candid service
 */
export async function generateTypeScript(candid: string): Promise<string> {
  const generator = (await tsImport(
    pathToFileURL(join(projectRoot, generatorPath)).href,
    import.meta.url,
  )) as { candid_to_ts_js: (candid: string) => string };
  try {
    return generator.candid_to_ts_js(candid);
  } catch (error) {
    // It throws plain strings.
    throw error instanceof Error ? error : new Error(String(error));
  }
}

/**
 * @param candid text of a Candid file with a service
 * @throws when it is not a valid one
 */
export async function parseCandid(candid: string): Promise<CandidInterface> {
  const { code } = await transform(await generateTypeScript(candid), { loader: 'ts', format: 'cjs' });
  const libraries: Readonly<Record<string, object>> = {
    '@dfinity/candid': { IDL },
    '@dfinity/principal': { Principal },
  };
  const module: { exports: Partial<GeneratedModule> } = { exports: {} };
  const run = compileFunction(code, ['module', 'require']) as (module: object, require: Require) => void;
  run(module, (name) => libraries[name]);
  const { idlFactory, init } = module.exports as GeneratedModule;
  return { initArguments: init({ IDL }), methods: new Map(idlFactory({ IDL })._fields) };
}

type Require = (name: string) => object | undefined;

interface GeneratedModule {
  readonly idlFactory: (libraries: { IDL: typeof IDL }) => IDL.ServiceClass;
  readonly init: (libraries: { IDL: typeof IDL }) => IDL.Type[];
}
