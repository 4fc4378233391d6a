import { createHash, randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning, ownIdentity } from './process-identity.ts';
import { StateDirError } from './state-dir-error.ts';

/*
 * A lock is a file that says who holds it, and is never seen half-written: it appears by a link, or by a rename, which
 * both happen at once or not at all.
 *
 * One that a killed process left behind must not be removed by two at the same time: the second might remove what the
 * first has put in its place. So whoever takes it over first locks the right to do so, with a file that is named after
 * the very lock that was left; then looks whether that lock is still there; and only then replaces it.
 */

/** What this process holds. Where the system does not tell processes with the same number apart, this does. */
const heldHere = new Set<string>();
const nonceBytes = 16;
/** Every attempt that finds nothing decided means that somebody else has got further. */
const maximumAttempts = 1_000;

/**
 * Keeps other processes of this machine out of a directory while this one lives.
 *
 * @returns lets them in again
 * @throws StateDirError `STATE_DIR_IN_USE`
 */
export function lockDirectory(path: string): () => void {
  const lockPath = join(path, 'lock');
  const outcome = acquire(lockPath);
  if (outcome.kind === 'held') {
    throw new StateDirError(
      'STATE_DIR_IN_USE',
      `${path} is used by process ${processIdIn(outcome.content)}. Stop it first, or choose another directory.`,
    );
  }
  return () => {
    release(lockPath, outcome.content);
  };
}

/** `content`: what stands in the file, ours or the holder's. */
type Outcome = { readonly kind: 'acquired' | 'held'; readonly content: string };

function acquire(lockPath: string): Outcome {
  const { processId, startTime } = ownIdentity();
  const nonce = randomBytes(nonceBytes).toString('hex');
  const own = `${processId} ${startTime} ${nonce}`;
  const prepared = `${lockPath}-${nonce}`;
  writeFileSync(prepared, own);
  try {
    heldHere.add(own);
    const holder = takePlace(lockPath, prepared);
    if (holder === undefined) return { kind: 'acquired', content: own };
    heldHere.delete(own);
    return { kind: 'held', content: holder };
  } finally {
    rmSync(prepared, { force: true });
  }
}

/** @returns who holds the lock; undefined: we do */
function takePlace(lockPath: string, prepared: string): string | undefined {
  let found = '';
  for (let attempt = 0; attempt < maximumAttempts; attempt += 1) {
    if (appears(prepared, lockPath)) return undefined;
    const content = contentOf(lockPath);
    // Let go of between the two looks.
    if (content === undefined) continue;
    found = content;
    if (isHeld(content)) return content;
    const rightPath = `${lockPath}-${createHash('sha256').update(content).digest('hex')}`;
    const right = acquire(rightPath);
    if (right.kind === 'held') return right.content;
    try {
      if (contentOf(lockPath) === content) {
        renameSync(prepared, lockPath);
        return undefined;
      }
    } finally {
      release(rightPath, right.content);
    }
  }
  return found;
}

function release(lockPath: string, own: string): void {
  heldHere.delete(own);
  // Asked twice, it may be somebody else's by now.
  if (contentOf(lockPath) === own) rmSync(lockPath, { force: true });
}

function appears(prepared: string, lockPath: string): boolean {
  try {
    linkSync(prepared, lockPath);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** @returns undefined when there is no such file */
function contentOf(lockPath: string): string | undefined {
  try {
    return readFileSync(lockPath, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function isHeld(content: string): boolean {
  if (heldHere.has(content)) return true;
  const [, startTime = ''] = content.split(' ');
  const processId = processIdIn(content);
  // Our number, and not held here: unless the system says that it is us, it was given out before.
  if (processId === process.pid && startTime === '') return false;
  return isRunning({ processId, startTime });
}

function processIdIn(content: string): number {
  return Number(content.split(' ')[0]);
}
