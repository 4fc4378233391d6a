import type { BinaryReader } from './binary-reader.ts';
import type { BinaryWriter } from './binary-writer.ts';
import type { Codec } from './codec.ts';
import { readStepError, writeStepError } from './step-codec.ts';
import type { Verdict } from '../outcome.ts';

const verdictKinds = ['applied', 'notApplied', 'undecided', 'unfinished', 'unreadable'] as const;

/** Writes and reads verdicts inside a journal entry. */
export function verdictFormat<Facts>(factsCodec: Codec<Partial<Facts>>): {
  write: (writer: BinaryWriter, verdict: Verdict<Facts>) => void;
  read: (reader: BinaryReader) => Verdict<Facts>;
} {
  return {
    write: (writer, verdict) => {
      writer.u8(verdictKinds.indexOf(verdict.kind));
      if (verdict.kind === 'unreadable') {
        writeStepError(writer, verdict.error);
        return;
      }
      writer.text(verdict.evidence);
      const learned = verdict.kind === 'undecided' ? undefined : verdict.learned;
      writer.optional(learned, (facts) => writer.bytes(factsCodec.encode(facts)));
    },
    read: (reader) => {
      const kind = reader.word(verdictKinds);
      if (kind === 'unreadable') return { kind, error: readStepError(reader) };
      const evidence = reader.text();
      const learned = reader.optional(() => factsCodec.decode(reader.bytes()));
      // `unfinished` is always written with what it learned.
      return { kind, evidence, ...(learned === undefined ? {} : { learned }) } as Verdict<Facts>;
    },
  };
}
