/**
 * A process that tries to lock a directory when it is told to, for tests that let several race.
 *
 * Usage: lock-contender.ts <directory>, with an IPC channel. `{ at }` means: try at that time, and tell how it ended;
 * 'release': let go if you have it, and say so.
 */
import { lockDirectory } from '../../../../src/localnet/state-dir/lock.ts';
import { StateDirError } from '../../../../src/localnet/state-dir/state-dir-error.ts';

const [, , directory = ''] = process.argv;
let unlock: (() => void) | undefined;

process.on('message', (message: { readonly at: number } | 'release') => {
  if (message === 'release') {
    unlock?.();
    unlock = undefined;
    process.send?.('released');
    return;
  }
  while (Date.now() < message.at);
  try {
    unlock = lockDirectory(directory);
    process.send?.('won');
  } catch (error) {
    process.send?.(error instanceof StateDirError ? error.code : String(error));
  }
});
process.send?.('ready');
