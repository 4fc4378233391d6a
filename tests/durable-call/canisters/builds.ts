import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildCanister, type CanisterBuild } from '../../../scripts/build/build-canister.ts';
import { projectRoot } from '../../../scripts/build/paths.ts';

const directory = import.meta.dirname;

const builds = {
  caller: { main: 'caller.ts', durableResponseMethod: 'onResponse' },
  /** The same canister in another build. */
  callerWithBallast: { main: 'caller-with-ballast.ts', durableResponseMethod: 'onResponse' },
  /** The same canister as azle builds it, to show what the rewrite is for. */
  callerWithoutRewrite: { main: 'caller.ts', durableCalls: false },
} satisfies Record<string, Partial<CanisterBuild>>;

/** @returns the module, built if its sources changed since the last time. */
export async function buildCaller(name: keyof typeof builds): Promise<Uint8Array> {
  const built = await buildCanister({
    ...builds[name],
    name,
    main: join(directory, builds[name].main),
    outputDirectory: join(projectRoot, '.canisters', `test-${name}`),
  });
  return readFile(built.wasmPath);
}
