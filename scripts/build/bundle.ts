import { build, type BuildOptions } from 'esbuild';
import { join, resolve } from 'node:path';
import type { AzleBuildPieces } from './azle.ts';
import { projectPath, projectRoot } from './paths.ts';

/** A canister's JavaScript. */
export interface Bundle {
  /** What goes into the canister. */
  readonly minified: string;
  /** Source map of `minified`: turns `main.js:1:2345` in a trap's stack into file, line and name. */
  readonly minifiedSourceMap: string;
  /** The same program for people to read. */
  readonly readable: string;
  /** Our own files that went into it, relative to the checkout. Files of dependencies are not listed. */
  readonly sources: readonly string[];
}

/** Bundles a canister class (the default export of `mainPath`, absolute) with azle's runtime. */
export async function bundleCanister(mainPath: string, azle: AzleBuildPieces): Promise<Bundle> {
  const options = bundleOptions(mainPath, azle);
  const minified = await build({ ...options, minify: true, sourcemap: 'external' });
  const readable = await build(options);
  const output = (suffix: string): string =>
    minified.outputFiles.find((file) => file.path.endsWith(suffix))?.text ?? '';
  return {
    minified: output('.js'),
    minifiedSourceMap: output('.js.map'),
    readable: readable.outputFiles[0]?.text ?? '',
    sources: Object.keys(minified.metafile.inputs).filter(isOwnSource).sort(),
  };
}

function bundleOptions(mainPath: string, azle: AzleBuildPieces) {
  return {
    stdin: { contents: entryPoint(mainPath, azle), resolveDir: projectRoot, sourcefile: 'canister-entry.js' },
    outfile: 'main.js',
    absWorkingDir: projectRoot,
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    // What azle builds for; decorators are lowered, the engine does not know them.
    target: 'es2024',
    // Needed for the same result from a checkout whose node_modules is a link.
    preserveSymlinks: true,
    // Our tsconfig maps "azle" to a declaration file for type checking; the bundle must not follow that.
    tsconfigRaw: {},
    alias: { '@sinonjs/text-encoding': join(projectRoot, 'scripts/build/utf8-text-encoding.ts') },
    legalComments: 'none',
    logLevel: 'warning',
  } satisfies BuildOptions;
}

/** azle's own prelude, with a path that does not depend on where the checkout is. */
function entryPoint(mainPath: string, azle: AzleBuildPieces): string {
  const main = projectPath(resolve(mainPath));
  return `
    import 'azle/_internal/globals';
    import { getDefaultVisitorData, IDL, idlToString } from 'azle';
    import * as CanisterModule from './${main}';
    createGetCandidAndMethodMetaFunction(CanisterModule);
    ${azle.handleClassApiCanister(main)}
  `;
}

function isOwnSource(path: string): boolean {
  return !path.includes('node_modules/') && path !== 'canister-entry.js';
}
