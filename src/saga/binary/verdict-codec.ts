import type { BinaryReader } from './binary-reader.ts';
import type { BinaryWriter } from './binary-writer.ts';
import type { Codec } from './codec.ts';
import { readStepError, writeStepError } from './step-codec.ts';
import type { Verdict } from '../outcome.ts';

/** Append only. A verdict with a field that its word did not have at first has a word of its own. */
const verdictWords = [
  'applied',
  'notApplied',
  'undecided',
  'unfinished',
  'unreadable',
  'unreadableFor',
] as const;

/** Writes and reads verdicts inside a journal entry. */
export function verdictFormat<Facts>(factsCodec: Codec<Partial<Facts>>): {
  write: (writer: BinaryWriter, verdict: Verdict<Facts>) => void;
  read: (reader: BinaryReader) => Verdict<Facts>;
} {
  return {
    write: (writer, verdict) => {
      if (verdict.kind === 'unreadable') {
        const { error, retryAfterMs } = verdict;
        writer.u8(verdictWords.indexOf(retryAfterMs === undefined ? 'unreadable' : 'unreadableFor'));
        writeStepError(writer, error);
        if (retryAfterMs !== undefined) writer.timeMs(retryAfterMs);
        return;
      }
      writer.u8(verdictWords.indexOf(verdict.kind));
      writer.text(verdict.evidence);
      writer.optional(verdict.learned, (facts) => writer.bytes(factsCodec.encode(facts)));
    },
    read: (reader) => {
      const kind = reader.word(verdictWords);
      if (kind === 'unreadable') return { kind, error: readStepError(reader) };
      if (kind === 'unreadableFor')
        return { kind: 'unreadable', error: readStepError(reader), retryAfterMs: reader.timeMs() };
      const evidence = reader.text();
      const learned = reader.optional(() => factsCodec.decode(reader.bytes()));
      // `unfinished` is always written with what it learned.
      return { kind, evidence, ...(learned === undefined ? {} : { learned }) } as Verdict<Facts>;
    },
  };
}
