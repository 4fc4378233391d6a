import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildCanister } from '../../../scripts/build/build-canister.ts';
import { projectRoot } from '../../../scripts/build/paths.ts';

/** @returns the Manager's module with `dumpMaps`, built if its sources changed since the last time */
export async function buildAuditableManager(): Promise<Uint8Array> {
  const built = await buildCanister({
    name: 'auditableManager',
    main: join(import.meta.dirname, 'auditable-manager.ts'),
    outputDirectory: join(projectRoot, '.canisters/test-auditableManager'),
    durableResponseMethod: 'durableResponse',
  });
  return readFile(built.gzipPath);
}
