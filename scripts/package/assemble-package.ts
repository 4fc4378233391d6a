import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { projectRoot } from '../build/paths.ts';
import { entryPoints, packageName, programs } from './localnet-package.ts';
import { packagePage } from './package-page.ts';

interface Manifest {
  readonly version: string;
  readonly license: string;
  readonly engines: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

/**
 * Puts the embedded network together as a package of its own, as npm installs it: JavaScript, types, programs.
 *
 * @param directory where; emptied first
 */
export async function assemblePackage(directory: string): Promise<void> {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const dependencies = await bundleCode(directory);
  writeTypes(directory);
  writePrograms(directory);
  writeFileSync(join(directory, 'package.json'), `${JSON.stringify(manifest(dependencies), undefined, 2)}\n`);
  writeFileSync(join(directory, 'README.md'), pageOf('localnet.md'));
  writeFileSync(join(directory, 'pocket-ic.md'), pageOf('pocket-ic.md'));
  copyFileSync(join(projectRoot, 'LICENSE'), join(directory, 'LICENSE'));
}

/** @returns the packages that the code imports */
async function bundleCode(directory: string): Promise<readonly string[]> {
  const sources = [...Object.values(entryPoints), ...Object.values(programs)];
  const { metafile } = await build({
    absWorkingDir: projectRoot,
    entryPoints: sources.map((source) => ({ in: source, out: moduleName(source) })),
    outdir: join(directory, 'dist'),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    chunkNames: 'shared/[hash]',
    packages: 'external',
    format: 'esm',
    platform: 'node',
    metafile: true,
    logLevel: 'error',
  });
  return importedPackages(metafile);
}

function importedPackages({ outputs }: Metafile): readonly string[] {
  const imports = Object.values(outputs).flatMap(({ imports }) => imports);
  const names = imports
    .filter(({ external, path }) => external === true && !isBuiltin(path))
    .map(({ path }) => path.split('/', path.startsWith('@') ? 2 : 1).join('/'));
  return [...new Set(names)].sort();
}

/** `src/localnet/serve/index.ts` is `serve/index` in the package. */
function moduleName(source: string): string {
  return source.replace(/^src\/localnet\//, '').replace(/\.ts$/, '');
}

function writeTypes(directory: string): void {
  const compiler = join(projectRoot, 'node_modules/typescript/bin/tsc');
  const config = join(projectRoot, 'scripts/package/tsconfig.json');
  const options = ['--project', config, '--outDir', join(directory, 'dist')];
  execFileSync(process.execPath, [compiler, ...options], { stdio: 'inherit' });
}

function writePrograms(directory: string): void {
  for (const [name, source] of Object.entries(programs)) {
    const path = join(directory, 'bin', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `#!/usr/bin/env node\nimport '../dist/${moduleName(source)}.mjs';\n`);
    chmodSync(path, 0o755);
  }
}

function manifest(imported: readonly string[]): object {
  const project = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as Manifest;
  const { version, license, engines } = project;
  const exports = Object.entries(entryPoints).map(([name, source]) => {
    const module = `./dist/${moduleName(source)}`;
    return [name, { types: `${module}.d.ts`, default: `${module}.mjs` }];
  });
  return {
    name: packageName,
    version,
    description:
      'An Internet Computer in one Node process: runs real canister Wasm, in-process or for agents, icp-cli and PocketIC clients.',
    license,
    type: 'module',
    engines,
    exports: Object.fromEntries(exports) as object,
    bin: Object.fromEntries(Object.keys(programs).map((name) => [name, `bin/${name}`])),
    dependencies: Object.fromEntries(imported.map((name) => [name, versionOf(project, name)])),
  };
}

function versionOf({ dependencies }: Manifest, name: string): string {
  const version = dependencies[name];
  if (version !== undefined) return version;
  throw new Error(`The embedded network imports ${name}, which is no dependency in package.json.`);
}

function pageOf(name: string): string {
  return packagePage(readFileSync(join(projectRoot, 'docs', name), 'utf8'));
}
