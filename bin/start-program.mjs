import { createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = join(import.meta.dirname, '..');
const directory = '.cache/programs';
/** What decides a bundle besides the program's own files. */
const makers = ['bin/start-program.mjs', 'package-lock.json'];

/**
 * Runs a TypeScript program of this project as one bundle: loading its modules one by one takes most of the time that
 * starting a network takes. The bundle is kept, and made anew when something it was made of has changed.
 *
 * @param {string} main path of the program's file in the checkout. Code that looks for the checkout from where it lies
 *   must lie two folders deep, as the bundle does
 */
export async function startProgram(main) {
  const bundle = `${directory}/${basename(main, '.ts')}.mjs`;
  if (!isUpToDate(bundle)) await makeBundle(main, bundle);
  process.setSourceMapsEnabled(true);
  await import(pathToFileURL(join(root, bundle)).href);
}

/** @param {string} bundle */
function isUpToDate(bundle) {
  try {
    const { files, digest } = JSON.parse(readFileSync(join(root, stampOf(bundle)), 'utf8'));
    return digest === digestOf(files);
  } catch {
    // Never made, or one of its files is gone.
    return false;
  }
}

/**
 * @param {string} main
 * @param {string} bundle
 */
async function makeBundle(main, bundle) {
  // Loaded only now: most starts find a bundle.
  const { build, stop } = await import('esbuild');
  const temporary = `${bundle}.${process.pid}`;
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [main],
    outfile: temporary,
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    sourcemap: 'inline',
    metafile: true,
    logLevel: 'error',
  });
  await stop();
  // Renamed into place: another process may be reading the previous one.
  renameSync(join(root, temporary), join(root, bundle));
  // The digest covers the bundle too: the stamp may have been written by a process that made another one meanwhile.
  const files = [...Object.keys(metafile.inputs), ...makers, bundle];
  writeFileSync(join(root, `${temporary}.json`), JSON.stringify({ digest: digestOf(files), files }));
  renameSync(join(root, `${temporary}.json`), join(root, stampOf(bundle)));
}

/** @param {string} bundle */
function stampOf(bundle) {
  return bundle.replace(/mjs$/, 'json');
}

/** @param {readonly string[]} files */
function digestOf(files) {
  const hash = createHash('sha256');
  for (const file of files) {
    const bytes = readFileSync(join(root, file));
    hash.update(`${file} ${bytes.length}\n`).update(bytes);
  }
  return hash.digest('hex');
}
