// The first part of `npm start`, `npm test` and `npm run verify`, on a machine that may hold nothing but Node and npm,
// so it must not import anything that is installed. Not a `prestart`: with `ignore-scripts` in .npmrc npm runs no pre-scripts.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const root = new URL('..', import.meta.url);
const lockfile = new URL('package-lock.json', root);
const installedLockfile = new URL('node_modules/.package-lock.json', root);

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `Node ${process.versions.node} is too old: this project needs Node 20.19 or newer. Install it from https://nodejs.org.`,
  );
  process.exit(1);
}

if (!isInstalled()) {
  console.log('Installing the locked dependencies (npm ci), once …');
  const result = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (result.status !== 0) {
    console.error('npm ci failed; its own message is above. Nothing else was changed.');
    process.exit(result.status ?? 1);
  }
}

/** Every locked package is installed in its locked version; optional packages of other platforms are absent by nature. */
function isInstalled() {
  if (!existsSync(installedLockfile)) return false;
  const locked = JSON.parse(readFileSync(lockfile, 'utf8')).packages;
  const installed = JSON.parse(readFileSync(installedLockfile, 'utf8')).packages;
  return Object.entries(locked).every(
    ([path, entry]) => path === '' || entry.optional || installed[path]?.version === entry.version,
  );
}
