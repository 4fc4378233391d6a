import { closeSync, fdatasync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import type { NetworkProgress } from '../network.ts';
import { bodyLength, frame, headerBytes, readFrame } from './frame.ts';
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
  /** Where the last entry begins. */
  #lastStart: number;
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
    this.#lastStart = end;
    this.#nextSequence = entries + 1;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** @throws Error when it cannot be written, for instance because the disk is full; then nothing was recorded */
  append(input: unknown, before: NetworkProgress): void {
    if (this.#failure !== undefined) throw this.#failure;
    const entry: JournalEntry = { sequence: this.#nextSequence, before, input };
    const bytes = guardedFrame(writePlainData(entry));
    try {
      for (let written = 0; written < bytes.length;) written += writeSync(this.#file, bytes, written);
    } catch (error) {
      this.#cutOff(error);
      throw error;
    }
    this.#nextSequence += 1;
    this.#lastStart = this.#bytes;
    this.#bytes += bytes.length;
    this.#unwritten = true;
  }

  /** Takes back what was appended last, for good, and lets nothing follow. */
  retractLast(): void {
    this.#failure = new Error('The journal ended with an input over which the network failed.');
    try {
      ftruncateSync(this.#file, this.#lastStart);
      fsyncSync(this.#file);
    } catch {
      // It stays then, and fails again when it is repeated: the next start says so.
    }
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
 * Reads a journal up to where the process stopped.
 *
 * A process that is killed leaves the beginning of an entry at most; a machine that loses power may leave an entry of
 * the right length with other bytes in it, or zeros in its place. Both can only be at the end, and nobody was told that
 * these inputs are safe. Anything else is damage.
 *
 * @throws StateDirError `STATE_DIR_DAMAGED`
 */
export function readJournal(path: string): { readonly entries: JournalEntry[]; readonly end: number } {
  const bytes = readFileSync(path, { flag: 'a+' });
  const entries: JournalEntry[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const found = readEntry(bytes, offset);
    if (found === 'unfinished') break;
    if (found === 'damaged') throw damaged(path, offset);
    const entry = readPlainData(found.body) as JournalEntry;
    if (entry.sequence !== entries.length + 1) throw damaged(path, offset);
    entries.push(entry);
    offset = found.next;
  }
  return { entries, end: offset };
}

/**
 * An entry is a frame behind a checksum of the frame's header: where the entry ends can be believed even if it was never
 * written so far, so that an unfinished entry is told from a damaged one without a search for later ones.
 */
const guardBytes = 4;

function guardedFrame(body: Uint8Array): Buffer {
  const framed = frame(body);
  const guard = Buffer.alloc(guardBytes);
  guard.writeUInt32LE(crc32(framed.subarray(0, headerBytes)));
  return Buffer.concat([guard, framed]);
}

function readEntry(
  bytes: Buffer,
  offset: number,
): { readonly body: Buffer; readonly next: number } | 'unfinished' | 'damaged' {
  const frameStart = offset + guardBytes;
  const bodyStart = frameStart + headerBytes;
  if (bodyStart > bytes.length) return 'unfinished';
  if (crc32(bytes.subarray(frameStart, bodyStart)) !== bytes.readUInt32LE(offset)) {
    return isZeroFrom(bytes, offset) ? 'unfinished' : 'damaged';
  }
  const end = bodyStart + bodyLength(bytes, frameStart);
  if (end > bytes.length) return 'unfinished';
  return readFrame(bytes, frameStart) ?? (isZeroFrom(bytes, end) ? 'unfinished' : 'damaged');
}

function isZeroFrom(bytes: Buffer, offset: number): boolean {
  return bytes.subarray(offset).every((byte) => byte === 0);
}

function damaged(path: string, offset: number): StateDirError {
  return new StateDirError(
    'STATE_DIR_DAMAGED',
    `${path} is damaged at byte ${offset}, and not as a process leaves it that is killed. ` +
      'Restore the directory from a copy, or begin with an empty one.',
  );
}
