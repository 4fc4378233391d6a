import { createHash } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { gzipModule } from './gzip.ts';
import { anyChangedSince, fingerprint, readStamp, stampName, type BuildStamp } from './stamp.ts';

/** What to build and where to put it. */
export interface CanisterBuild {
  /** Names the outputs: `<name>.wasm` and so on. */
  readonly name: string;
  /** The TypeScript file whose default export is the canister class; absolute or relative to the working directory. */
  readonly main: string;
  readonly outputDirectory: string;
  /**
   * The canister's interface, kept by hand for people. It goes into the Wasm and the outputs, and the build fails when
   * it is not what the code implements. Without one, azle's generated interface goes there.
   */
  readonly candidFile?: string;
  /**
   * The hidden, manual update method that receives the responses of durable calls. Required by a canister that
   * makes durable calls; see docs/durable-calls.md.
   */
  readonly durableResponseMethod?: string;
  /**
   * Whether to rewrite the calls at all. On by default, also for canisters without durable calls: it is what makes
   * an upgrade with azle's own calls open (`raw_rand`, timers) safe. Off only to show what happens without.
   */
  readonly durableCalls?: boolean;
}

/** A canister on disk. */
export interface BuiltCanister extends BuildStamp {
  readonly name: string;
  /** Absolute paths. */
  readonly wasmPath: string;
  readonly gzipPath: string;
  readonly candidPath: string;
  /** Nothing had changed since the last build, so nothing was done. */
  readonly upToDate: boolean;
}

/**
 * Builds one canister, unless its outputs are those of the present sources.
 * The result depends on nothing but sources, lockfile, build scripts and Node's version: not on the directory,
 * the clock or the order of builds. Two builds at the same time into the same directory do no harm.
 *
 * @throws BuildError, or DurableCallBuildError when the durable-call rewrite did not take.
 */
export async function buildCanister(build: CanisterBuild): Promise<BuiltCanister> {
  const directory = resolve(build.outputDirectory);
  const stamp = await readStamp(directory, build);
  if (stamp !== undefined) return describe(build.name, directory, stamp, true);

  const startedAtMs = Date.now();
  // Loaded only now: the bundler and the Wasm tools take a second to start, and most runs find nothing to do.
  const { assembleCanister } = await import('./assemble.ts');
  const { wasm, candid, bundle, sources } = await assembleCanister(build);
  const gzip = gzipModule(wasm);

  const newStamp: BuildStamp = {
    // A source saved while it was being built may or may not be in the outputs: then nothing must match this stamp.
    fingerprint: (await anyChangedSince(sources, startedAtMs))
      ? 'changed during the build'
      : await fingerprint(build, sources),
    sources,
    wasmSha256: sha256(wasm),
    wasmBytes: wasm.length,
    gzipSha256: sha256(gzip),
    gzipBytes: gzip.length,
  };
  await writeOutputs(directory, [
    [`${build.name}.wasm`, wasm],
    [`${build.name}.wasm.gz`, gzip],
    [`${build.name}.did`, candid],
    [`${build.name}.js`, bundle.readable],
    [`${build.name}.min.js.map`, bundle.minifiedSourceMap],
    // Last, so that an interrupted build is done again.
    [stampName, JSON.stringify(newStamp, undefined, 2)],
  ]);
  return describe(build.name, directory, newStamp, false);
}

async function writeOutputs(
  directory: string,
  files: readonly (readonly [name: string, content: string | Uint8Array])[],
): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const [name, content] of files) {
    // Renamed into place: another process may be reading the previous file.
    const temporary = join(directory, `.${name}.${process.pid}`);
    await writeFile(temporary, content);
    await rename(temporary, join(directory, name));
  }
}

function describe(name: string, directory: string, stamp: BuildStamp, upToDate: boolean): BuiltCanister {
  return {
    ...stamp,
    name,
    wasmPath: join(directory, `${name}.wasm`),
    gzipPath: join(directory, `${name}.wasm.gz`),
    candidPath: join(directory, `${name}.did`),
    upToDate,
  };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
