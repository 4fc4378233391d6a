import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildCanister } from '../../../scripts/build/build-canister.ts';
import { projectRoot } from '../../../scripts/build/paths.ts';
import { withoutInspection } from '../../support/manager-fixture.ts';

/** @returns the Manager's module with `dumpMaps`, built if its sources changed since the last time */
export async function buildAuditableManager(): Promise<Uint8Array> {
  return readFile((await buildManager('auditableManager', 'auditable-manager.ts')).gzipPath);
}

/** @returns the Manager's module with `breakRecord`, which an ingress inspection would not let in, and without one */
export async function buildBreakableManager(): Promise<Uint8Array> {
  const { wasmPath } = await buildManager('breakableManager', 'breakable-manager.ts');
  return withoutInspection(await readFile(wasmPath));
}

function buildManager(name: string, main: string): ReturnType<typeof buildCanister> {
  return buildCanister({
    name,
    main: join(import.meta.dirname, main),
    outputDirectory: join(projectRoot, `.canisters/test-${name}`),
    durableResponseMethod: 'durableResponse',
  });
}
