import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { StateDirError } from './state-dir-error.ts';

/** What this process holds: a lock with our own number that is not here was left by a process that had it before. */
const heldHere = new Set<string>();

/**
 * Keeps other processes out of a directory while this one lives.
 *
 * @returns lets them in again
 * @throws StateDirError `STATE_DIR_IN_USE`
 */
export function lockDirectory(path: string): () => void {
  const lockPath = join(path, 'lock');
  if (!tryLock(lockPath)) {
    const owner = Number(readFileSync(lockPath, 'utf8'));
    if (owner === process.pid ? heldHere.has(lockPath) : isAlive(owner)) {
      throw new StateDirError(
        'STATE_DIR_IN_USE',
        `${path} is used by process ${owner}. Stop it first, or choose another directory.`,
      );
    }
    // Left behind by a process that was killed.
    rmSync(lockPath);
    if (!tryLock(lockPath)) {
      throw new StateDirError('STATE_DIR_IN_USE', `${path} was taken by another process just now.`);
    }
  }
  heldHere.add(lockPath);
  let isHeld = true;
  return () => {
    // Asked twice: by now the lock may be somebody else's.
    if (!isHeld) return;
    isHeld = false;
    heldHere.delete(lockPath);
    rmSync(lockPath, { force: true });
  };
}

function tryLock(lockPath: string): boolean {
  try {
    const file = openSync(lockPath, 'wx');
    writeSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function isAlive(processId: number): boolean {
  if (!Number.isInteger(processId) || processId <= 0) return false;
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    // It lives, but belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
