/** `npm run package`: packs the embedded network as a package that other projects install. */
import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { projectPath, projectRoot } from './build/paths.ts';
import { assemblePackage } from './package/assemble-package.ts';

const destination = resolve(process.argv[2] ?? join(projectRoot, '.cache/packages'));
const directory = join(destination, 'localnet');
await assemblePackage(directory);
const packed = execFileSync('npm', ['pack', '--json', '--silent', '--pack-destination', destination], {
  cwd: directory,
  encoding: 'utf8',
});
const [{ filename, size }] = JSON.parse(packed) as [{ filename: string; size: number }];
console.log(`${projectPath(join(destination, filename))}  ${size.toLocaleString('en-US')} bytes`);
