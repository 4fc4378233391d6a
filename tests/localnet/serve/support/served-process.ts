/**
 * A process that serves a network from a state directory, for tests that kill it.
 *
 * Usage: served-process.ts <state directory>. Prints its URL when it listens; SIGTERM stops it properly.
 */
import { serveNetwork } from '../../../../src/localnet/serve/index.ts';

const [, , stateDirectory] = process.argv;
if (stateDirectory === undefined) throw new Error('Name a state directory.');
const served = await serveNetwork({ stateDirectory });
process.on('SIGTERM', () => {
  void served.close();
});
console.log(served.url);
