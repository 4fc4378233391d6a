import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CliError } from '../cli-error.ts';

/** A module as it is uploaded: gzipped Wasm. */
export interface CanisterModule {
  readonly bytes: Uint8Array;
  /** SHA-256 of `bytes`: the module hash of a canister that runs it. */
  readonly sha256: Uint8Array;
}

/**
 * @param directory where the build puts its outputs
 * @throws CliError `cli.not-built`
 */
export async function readCanisterModule(directory: string, name: string): Promise<CanisterModule> {
  const path = join(directory, name, `${name}.wasm.gz`);
  try {
    const bytes = await readFile(path);
    return { bytes, sha256: createHash('sha256').update(bytes).digest() };
  } catch (cause) {
    throw new CliError(
      'cli.not-built',
      `${path} cannot be read: the canisters are not built.`,
      'Run "npm run build", or "npm start", which does it by itself.',
      1,
      { cause },
    );
  }
}
