/**
 * `npm start`: builds the canisters if their sources changed, then runs the demo, in one process because starting
 * another would take longer than the check.
 */
import { buildCanister } from './build/build-canister.ts';
import { projectCanisters } from './build/project-canisters.ts';
import { readStamp } from './build/stamp.ts';
import { processEnvironment, runCli } from '../src/cli/index.ts';

async function buildChangedCanisters(): Promise<void> {
  for (const canister of projectCanisters) {
    if (await readStamp(canister.outputDirectory, canister)) continue;
    console.log(`Building the ${canister.name} canister, once for these sources …`);
    await buildCanister(canister);
  }
}

try {
  await buildChangedCanisters();
  process.exitCode = await runCli(['demo', ...process.argv.slice(2)], processEnvironment());
} catch (error) {
  // Thrown on, it would be shown with a source line of several megabytes: the Wasm tools handle uncaught exceptions.
  console.error(error);
  console.error('The canisters could not be built. "npm run build" does only that; see the message above.');
  process.exitCode = 1;
}
