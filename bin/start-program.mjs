import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
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
  const isReady = isUpToDate(bundle) || (await makeBundle(main, bundle));
  process.setSourceMapsEnabled(true);
  // Slower, but nothing has to be written.
  if (!isReady) (await import('tsx/esm/api')).register();
  await import(pathToFileURL(join(root, isReady ? bundle : main)).href);
}

const cannotWrite = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOSPC']);

/** @param {string} bundle */
function isUpToDate(bundle) {
  try {
    const { files, digest } = JSON.parse(readFileSync(join(root, stampOf(bundle)), 'utf8'));
    return digest === digestOf([...files, bundle].map((file) => readFileSync(join(root, file))));
  } catch {
    // Never made, or one of its files is gone.
    return false;
  }
}

/**
 * @param {string} main
 * @param {string} bundle
 * @returns {Promise<boolean>} false where nothing can be written: the checkout belongs to somebody else
 */
async function makeBundle(main, bundle) {
  // Loaded only now: most starts find a bundle.
  const { build, stop } = await import('esbuild');
  const startedAt = Date.now();
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [main],
    outfile: bundle,
    bundle: true,
    write: false,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    sourcemap: 'inline',
    metafile: true,
    logLevel: 'error',
  });
  await stop();
  const [{ contents }] = outputFiles;
  const files = [...Object.keys(metafile.inputs), ...makers];
  try {
    mkdirSync(join(root, directory), { recursive: true });
    replaceFile(bundle, contents);
    // A file that was saved meanwhile may not be in the bundle as it is now: the next start finds no stamp for that.
    if (files.some((file) => statSync(join(root, file)).mtimeMs >= startedAt)) return true;
    // Of this bundle, even if another process has put its own in its place: then the next start makes it anew.
    const digest = digestOf(files.map((file) => readFileSync(join(root, file))).concat(contents));
    replaceFile(stampOf(bundle), JSON.stringify({ digest, files }));
    return true;
  } catch (error) {
    if (cannotWrite.has(error.code)) return false;
    throw error;
  }
}

/**
 * Renamed into place: another process may be reading the previous one.
 *
 * @param {string} path
 * @param {string | Uint8Array} content
 */
function replaceFile(path, content) {
  const temporary = join(root, `${path}.${process.pid}`);
  writeFileSync(temporary, content);
  renameSync(temporary, join(root, path));
}

/** @param {string} bundle */
function stampOf(bundle) {
  return bundle.replace(/mjs$/, 'json');
}

/** @param {readonly Uint8Array[]} contents */
function digestOf(contents) {
  const hash = createHash('sha256');
  for (const bytes of contents) hash.update(`${bytes.length}\n`).update(bytes);
  return hash.digest('hex');
}
