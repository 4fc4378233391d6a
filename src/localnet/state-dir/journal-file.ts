import { closeSync, fdatasync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { NetworkProgress } from '../network.ts';
import { frame, readFrame } from './frame.ts';
import { readPlainData, writePlainData } from './plain-data.ts';
import { StateDirError } from './state-dir-error.ts';

/** One line of the journal. */
export interface JournalEntry {
  /** 1, 2, 3 … within a file: a gap is damage. */
  readonly sequence: number;
  /** The network just before the input: what a replay must find as well. */
  readonly before: NetworkProgress;
  readonly input: unknown;
}

/** Inputs appended to a file; certain once {@link flushed} resolves. */
export class JournalFile {
  readonly #file: number;
  #nextSequence: number;
  #bytes: number;
  /** The write-out that is going on, and the one that will follow it for whoever came too late for it. */
  #running: Promise<void> | undefined;
  #following: Promise<void> | undefined;
  #unwritten = false;
  #closed = false;
  /** Why nothing can be promised any more. */
  #failure: Error | undefined;

  /** @param end where the last whole entry ends: what follows was never acknowledged and is cut off */
  constructor(path: string, end: number, entries: number) {
    this.#file = openSync(path, 'a');
    ftruncateSync(this.#file, end);
    this.#bytes = end;
    this.#nextSequence = entries + 1;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** @throws Error when it cannot be written, for instance because the disk is full; then nothing was recorded */
  append(input: unknown, before: NetworkProgress): void {
    if (this.#failure !== undefined) throw this.#failure;
    const bytes = frame(
      writePlainData({ sequence: this.#nextSequence, before, input } satisfies JournalEntry),
    );
    try {
      for (let written = 0; written < bytes.length;) written += writeSync(this.#file, bytes, written);
    } catch (error) {
      this.#cutOff(error);
      throw error;
    }
    this.#nextSequence += 1;
    this.#bytes += bytes.length;
    this.#unwritten = true;
  }

  /** Resolves when everything appended so far is on the disk. Who waits at the same time shares one write-out. */
  flushed(): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (!this.#unwritten) return this.#running ?? Promise.resolve();
    if (this.#running === undefined) return this.#sync();
    // What was appended after the running one began is not covered by it.
    this.#following ??= this.#running.then(() => {
      this.#following = undefined;
      return this.#sync();
    });
    return this.#following;
  }

  async close(): Promise<void> {
    try {
      await this.flushed();
    } finally {
      if (!this.#closed) closeSync(this.#file);
      this.#closed = true;
    }
  }

  /** A part of an entry with whole ones behind it would be damage, and cost all that follows. */
  #cutOff(cause: unknown): void {
    try {
      ftruncateSync(this.#file, this.#bytes);
    } catch {
      this.#failure = new Error('The journal could not be written; nothing more is recorded.', { cause });
    }
  }

  #sync(): Promise<void> {
    this.#unwritten = false;
    this.#running = new Promise((resolve, reject) => {
      fdatasync(this.#file, (error) => {
        this.#running = undefined;
        if (error === null) resolve();
        else {
          // The system may have dropped what it could not write: a later write-out that succeeds says nothing.
          this.#failure = error;
          reject(error);
        }
      });
    });
    return this.#running;
  }
}

/**
 * Reads a journal as far as it is whole.
 *
 * @throws StateDirError `STATE_DIR_DAMAGED` when entries follow behind an unreadable place: an entry that was never
 *   finished can only be the last
 */
export function readJournal(path: string): { readonly entries: JournalEntry[]; readonly end: number } {
  const bytes = readFileSync(path, { flag: 'a+' });
  const entries: JournalEntry[] = [];
  let offset = 0;
  for (let found = readFrame(bytes, offset); found !== undefined; found = readFrame(bytes, offset)) {
    const entry = readPlainData(found.body) as JournalEntry;
    if (entry.sequence !== entries.length + 1) throw damaged(path, offset);
    entries.push(entry);
    offset = found.next;
  }
  for (let later = offset + 1; later < bytes.length; later += 1) {
    const found = readFrame(bytes, later);
    // Chance finds empty bodies whose checksum is zero; an entry is never that small.
    if (found !== undefined && found.body.length > 0) throw damaged(path, offset);
  }
  return { entries, end: offset };
}

function damaged(path: string, offset: number): StateDirError {
  return new StateDirError(
    'STATE_DIR_DAMAGED',
    `${path} is damaged at byte ${offset}: later entries are there, so this is not where the process stopped. ` +
      'Restore the directory from a copy, or begin with an empty one.',
  );
}
