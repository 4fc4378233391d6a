import { createHash } from 'node:crypto';
import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CanisterBuild } from './build-canister.ts';
import { projectPath, projectRoot } from './paths.ts';

/** Kept beside the outputs of a build: what they were made from, and what they are. */
export interface BuildStamp {
  /** Digest of everything the outputs depend on. */
  readonly fingerprint: string;
  /** Our own files in the bundle, and the Candid file; relative to the checkout. */
  readonly sources: readonly string[];
  /** The module hash of an installation of the uncompressed module. */
  readonly wasmSha256: string;
  readonly wasmBytes: number;
  /** The module hash of an installation of the compressed module. */
  readonly gzipSha256: string;
  readonly gzipBytes: number;
}

export const stampName = 'build.json';

/** Files and folders that decide what a build does, besides the canister's sources. */
const buildInputs = ['package-lock.json', 'scripts/build', 'src/durable-call'];

/**
 * Digest of sources, lockfile, build scripts, options and Node's version (its zlib decides the compressed bytes).
 * `sources` are those of the last build: a file joins the bundle only when one of them starts to import it.
 */
export async function fingerprint(build: CanisterBuild, sources: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  hash.update(
    JSON.stringify([
      process.version,
      build.name,
      projectPath(join(build.main)),
      build.durableResponseMethod ?? null,
      build.durableCalls ?? true,
    ]),
  );
  const inputs = (await Promise.all(buildInputs.map(filesUnder))).flat();
  for (const path of [...inputs, ...sources]) {
    hash.update(`\n${path}\n`);
    hash.update(await readFile(join(projectRoot, path)).catch(() => 'missing'));
  }
  return hash.digest('hex');
}

/** @returns the stamp of the outputs in `directory` if they are up to date. */
export async function readStamp(directory: string, build: CanisterBuild): Promise<BuildStamp | undefined> {
  const text = await readFile(join(directory, stampName), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const stamp = JSON.parse(text) as BuildStamp;
  return stamp.fingerprint === (await fingerprint(build, stamp.sources)) ? stamp : undefined;
}

/** Whether any of our own files was saved at or after a moment. */
export async function anyChangedSince(sources: readonly string[], momentMs: number): Promise<boolean> {
  const times = await Promise.all(
    sources.map((path) => stat(join(projectRoot, path)).then(({ mtimeMs }) => mtimeMs)),
  );
  return times.some((savedAtMs) => savedAtMs >= momentMs);
}

async function filesUnder(path: string): Promise<string[]> {
  const entries = await readdir(join(projectRoot, path), { recursive: true, withFileTypes: true }).catch(
    () => undefined,
  );
  if (entries === undefined) return [path];
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => projectPath(join(entry.parentPath, entry.name)))
    .sort();
}
