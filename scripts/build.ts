/**
 * `npm run build [-- <canister>...]`: builds the named canisters, or all of them.
 * Prints sizes and the module hashes that `canister_status` shows after an installation.
 */
import { existsSync } from 'node:fs';
import { buildCanister, type BuiltCanister } from './build/build-canister.ts';
import { BuildError } from './build/build-error.ts';
import { projectPath } from './build/paths.ts';
import { projectCanisters } from './build/project-canisters.ts';

async function main(names: readonly string[]): Promise<void> {
  for (const name of names) {
    if (!projectCanisters.some((canister) => canister.name === name)) {
      const known = projectCanisters.map((canister) => canister.name).join(', ');
      throw new BuildError('build.no-such-canister', `There is no canister "${name}"; there are: ${known}.`);
    }
  }
  for (const canister of projectCanisters) {
    if (names.length > 0 && !names.includes(canister.name)) continue;
    if (!existsSync(canister.main)) {
      console.log(`${canister.name}: skipped, ${projectPath(canister.main)} does not exist yet`);
      continue;
    }
    console.log(report(await buildCanister(canister)));
  }
}

function report(built: BuiltCanister): string {
  const line = (path: string, bytes: number, sha256: string): string =>
    `  ${projectPath(path).padEnd(38)} ${bytes.toLocaleString('en-US').padStart(9)} bytes  sha256 ${sha256}`;
  return [
    `${built.name}: ${built.upToDate ? 'unchanged' : 'built'}`,
    line(built.wasmPath, built.wasmBytes, built.wasmSha256),
    line(built.gzipPath, built.gzipBytes, built.gzipSha256),
  ].join('\n');
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  // Thrown on, it would be shown with a source line of several megabytes: the Wasm tools handle uncaught exceptions.
  console.error(
    error instanceof Error && 'code' in error ? `${String(error.code)}: ${error.message}` : error,
  );
  process.exitCode = 1;
}
