import { rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, stop } from 'esbuild';

/**
 * Runs a TypeScript program of this project, bundled first: loading its modules one by one would take most of the time
 * that starting a network takes.
 *
 * @param {string} main path of the program's file in the checkout
 */
export async function startProgram(main) {
  const root = join(import.meta.dirname, '..');
  const bundle = join(root, '.cache/programs', `${basename(main, '.ts')}-${process.pid}.mjs`);
  process.once('exit', () => rmSync(bundle, { force: true }));
  await build({
    entryPoints: [join(root, main)],
    outfile: bundle,
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    sourcemap: 'inline',
    logLevel: 'error',
  });
  await stop();
  process.setSourceMapsEnabled(true);
  await import(pathToFileURL(bundle).href);
  rmSync(bundle, { force: true });
}
