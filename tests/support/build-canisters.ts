import { existsSync } from 'node:fs';
import { buildCanister } from '../../scripts/build/build-canister.ts';
import { projectCanisters } from '../../scripts/build/project-canisters.ts';

/** Before any test runs: canisters in `.canisters/` that match the sources. Does nothing when they already do. */
export default async function buildProjectCanisters(): Promise<void> {
  for (const canister of projectCanisters) {
    if (existsSync(canister.main)) await buildCanister(canister);
  }
}
