import { createRequire } from 'node:module';

const packageName = '@icp-sdk/icp-cli-linux-x64';

/** Where the real `icp` is; undefined where its package cannot be installed. */
export const icpBinary = findBinary();

/** Also the reason on the screen, once per file that uses it. */
export const skipsWithoutIcp = icpBinary === undefined;
if (skipsWithoutIcp) {
  console.warn(
    `The tests with the real icp are skipped: the optional package ${packageName} is not installed ` +
      `(this is ${process.platform} ${process.arch}).`,
  );
}

function findBinary(): string | undefined {
  try {
    return createRequire(import.meta.url).resolve(`${packageName}/bin/icp`);
  } catch {
    return undefined;
  }
}
