import { build, type Plugin } from 'esbuild';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { compileFunction } from 'node:vm';
import type { AzleHost } from './azle-host.ts';

const projectRoot = join(import.meta.dirname, '../../..');
const require = createRequire(import.meta.url);

/** The Manager's own code, ready to be brought to life as often as one likes. */
export interface ManagerProgram {
  /** One life: runs the modules anew, which register their entry points and variables with the host. */
  readonly begin: (host: AzleHost) => void;
}

/** A seeded bug: a replacement in one source file. */
export interface SourcePatch {
  /** Relative to the checkout. */
  readonly file: string;
  /** Must occur exactly once. */
  readonly find: string;
  readonly replace: string;
}

/**
 * Modules that one run hands to the next: Candid types and encoders, which keep nothing but type tables that are the
 * same every time and take longer to work out than the rest of a life.
 */
const sharedFolders = ['src/manager/candid', 'src/manager/management-canister'];

const entryPoint = `
  import Manager from './src/manager/index.ts';
  import { introspection } from './tests/simulator/pure/introspection.ts';
  new Manager();
  __host.reveal(introspection);
`;

type ReadSource = (path: string) => Promise<string>;

/**
 * Bundles `src/manager/index.ts` with the simulator's azle.
 *
 * @param patch applied to the sources on their way into the bundle
 * @throws Error when the patched text does not occur exactly once
 */
export async function bundleManager(patch?: SourcePatch): Promise<ManagerProgram> {
  let isPatched = patch === undefined;
  const read: ReadSource = async (path) => {
    const source = await readFile(path, 'utf8');
    if (!patch || relative(projectRoot, path) !== patch.file) return source;
    isPatched = true;
    return applied(patch, source);
  };
  const sharedModules = { exports: {} };
  const runShared = await bundle(await importsOfSharedModules(), sourcesPlugin(read));
  runShared(require, sharedModules, undefined, undefined, undefined);
  const run = await bundle(entryPoint, managerPlugin(read));
  if (!isPatched) throw new Error(`${patch?.file ?? ''} is not part of the Manager`);
  return {
    begin: (host) => {
      run(require, { exports: {} }, sharedModules.exports, host, { notifyRaw: host.notifyRaw });
    },
  };
}

type Bundle = (require: unknown, module: object, shared: unknown, host: unknown, azleIc: unknown) => void;

async function bundle(contents: string, plugin: Plugin): Promise<Bundle> {
  const result = await build({
    stdin: { contents, resolveDir: projectRoot },
    absWorkingDir: projectRoot,
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    // Lowers decorators, as the canister's build does.
    target: 'es2022',
    external: ['@dfinity/*'],
    // Fields as plain assignments: the same here, and several times as fast.
    tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
    logLevel: 'silent',
    plugins: [plugin],
  });
  const code = result.outputFiles[0]?.text ?? '';
  return compileFunction(code, ['require', 'module', '__shared', '__host', '_azleIc'], {
    filename: 'simulated-manager.js',
  }) as Bundle;
}

/** A module that exports each shared module under its path. */
async function importsOfSharedModules(): Promise<string> {
  const lists = await Promise.all(
    sharedFolders.map(async (folder) =>
      (await readdir(join(projectRoot, folder))).map((name) => `${folder}/${name}`),
    ),
  );
  const files = lists.flat().filter((file) => file.endsWith('.ts'));
  return files.map((file) => `export * as ${JSON.stringify(file)} from './${file}';`).join('\n');
}

/** Sources as they are, but for the patch. */
function sourcesPlugin(read: ReadSource): Plugin {
  return {
    name: 'sources',
    setup: (bundling) => {
      bundling.onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => ({
        contents: await read(path),
        loader: 'ts',
      }));
    },
  };
}

function managerPlugin(read: ReadSource): Plugin {
  return {
    name: 'simulated-manager',
    setup: (bundling) => {
      bundling.onResolve({ filter: /^azle$/ }, () => ({ path: join(import.meta.dirname, 'fake-azle.ts') }));
      bundling.onResolve({ filter: /^\..*\.ts$/ }, ({ path, resolveDir }) => {
        const file = relative(projectRoot, join(resolveDir, path));
        const isShared = sharedFolders.some((folder) => file.startsWith(`${folder}/`));
        return isShared ? { path: file, namespace: 'shared' } : undefined;
      });
      bundling.onLoad({ filter: /.*/, namespace: 'shared' }, ({ path }) => ({
        contents: `module.exports = __shared[${JSON.stringify(path)}];`,
      }));
      bundling.onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => {
        const source = await read(path);
        return { contents: source + variableRegistration(source), loader: 'ts' };
      });
    },
  };
}

function applied({ file, find, replace }: SourcePatch, source: string): string {
  const parts = source.split(find);
  if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times, not once: ${find}`);
  return parts.join(replace);
}

/**
 * The IC takes a trapped message's heap back. JavaScript cannot; but what a module of the Manager changes are its own
 * `let` variables, so these are saved before each message. (Type tables that an encoder has worked out stay: they
 * are the same every time.)
 */
function variableRegistration(source: string): string {
  const names = [...source.matchAll(/^(?:export )?let (\w+)/gm)].map(([, name]) => name ?? '');
  if (names.length === 0) return '';
  const restore = names.map((name, index) => `${name} = values[${index}] as typeof ${name};`).join(' ');
  return `\n__host.registerVariables(() => [${names.join(', ')}], (values) => { ${restore} });\n`;
}
