import { join } from 'node:path';
import type { CanisterBuild } from './build-canister.ts';
import { projectRoot } from './paths.ts';

/** The canisters of this project; outputs go to `.canisters/<name>/`. */
export const projectCanisters: readonly CanisterBuild[] = [
  {
    name: 'manager',
    main: join(projectRoot, 'src/manager/index.ts'),
    candidFile: join(projectRoot, 'src/manager/manager.did'),
    outputDirectory: join(projectRoot, '.canisters/manager'),
    durableResponseMethod: 'durableResponse',
  },
  {
    name: 'greeter',
    main: join(projectRoot, 'src/greeter/index.ts'),
    candidFile: join(projectRoot, 'src/greeter/greeter.did'),
    outputDirectory: join(projectRoot, '.canisters/greeter'),
  },
];
