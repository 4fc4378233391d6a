import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StateDirError } from './state-dir-error.ts';

/**
 * Makes a directory and what is missing above it.
 *
 * One by one: where nothing can be made, as in `/proc`, Node's own `recursive` goes round in circles for ever (Node 20).
 *
 * @throws StateDirError `STATE_DIR_UNUSABLE`
 */
export function makeDirectory(path: string): void {
  try {
    makeMissing(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `The state directory "${path}" cannot be made: ${reason}. Name one that can be written.`;
    throw new StateDirError('STATE_DIR_UNUSABLE', message, { cause });
  }
}

function makeMissing(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) return;
  const parent = dirname(path);
  if (found === undefined && parent !== path) makeMissing(parent);
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process may have made it in the same moment.
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
  }
}
