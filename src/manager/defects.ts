import { BinaryWriter } from '../saga/index.ts';
import { nowMs } from './clock.ts';
import { maximumErrorCharacters } from './limits.ts';
import { defectsKey } from './storage/keys.ts';
import { records } from './storage/memory.ts';
import { versionedReader } from './storage/versioned-reader.ts';

const schemaVersion = 1;

/** What should never have happened and was survived. Operators see it; there should be none. */
export interface Defects {
  readonly count: number;
  readonly last?: { readonly text: string; readonly atMs: number };
}

/**
 * Counts something that was thrown where nothing may throw, in place of letting it trap the message: a trap would
 * undo the whole run, and the next one would meet the same again.
 *
 * @param what what could not be done
 */
export function noteDefect(what: string, thrown: unknown): void {
  const text = `${what}: ${describeDefect(thrown)}`;
  const writer = new BinaryWriter().u8(schemaVersion).u32(readDefects().count + 1);
  records.set(defectsKey(), writer.text(text).timeMs(nowMs()).finish());
}

export function readDefects(): Defects {
  const bytes = records.get(defectsKey());
  if (!bytes) return { count: 0 };
  const reader = versionedReader('defects', bytes, schemaVersion);
  return { count: reader.u32(), last: { text: reader.text(), atMs: reader.timeMs() } };
}

/** The text of something thrown that should never have been. */
export function describeDefect(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return text.slice(0, maximumErrorCharacters);
}
