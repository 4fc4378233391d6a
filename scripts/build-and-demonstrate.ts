/** Builds the canisters if their sources changed, then runs the demo. */
import { spawnSync } from 'node:child_process';
import { projectRoot } from './build/paths.ts';
import { projectCanisters } from './build/project-canisters.ts';
import { readStamp } from './build/stamp.ts';
import { processEnvironment, runCli } from '../src/cli/index.ts';

/** @returns whether the canisters of the present sources are there now. */
async function buildChangedCanisters(): Promise<boolean> {
  const stamps = await Promise.all(projectCanisters.map((each) => readStamp(each.outputDirectory, each)));
  if (!stamps.includes(undefined)) return true;
  console.log('Building the canisters, once for these sources …');
  // A process of its own: the bundler and the Wasm tools need seconds to start, and the demo needs none of them.
  const build = ['--import', 'tsx', 'scripts/build.ts'];
  const { status } = spawnSync(process.execPath, build, { cwd: projectRoot, stdio: 'inherit' });
  if (status === 0) return true;
  console.error('The canisters could not be built. "npm run build" does only that; see the message above.');
  return false;
}

process.exitCode = (await buildChangedCanisters())
  ? await runCli(['demo', ...process.argv.slice(2)], processEnvironment())
  : 1;
