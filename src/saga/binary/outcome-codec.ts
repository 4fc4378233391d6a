import type { BinaryReader } from './binary-reader.ts';
import type { BinaryWriter } from './binary-writer.ts';
import type { Codec } from './codec.ts';
import { readStepError, writeStepError } from './step-codec.ts';
import type { Outcome } from '../outcome.ts';

/** Append only. An outcome with a field that its word did not have at first has a word of its own. */
const outcomeWords = ['applied', 'notApplied', 'unknown', 'interrupted', 'defect', 'interruptedFor'] as const;

/** Writes and reads outcomes inside a journal entry. */
export function outcomeFormat<Facts>(factsCodec: Codec<Partial<Facts>>): {
  write: (writer: BinaryWriter, outcome: Outcome<Facts>) => void;
  read: (reader: BinaryReader) => Outcome<Facts>;
} {
  return {
    write: (writer, outcome) => {
      writer.u8(outcomeWords.indexOf(wordOf(outcome)));
      if (outcome.kind === 'applied') {
        writer.optional(outcome.learned, (learned) => writer.bytes(factsCodec.encode(learned)));
        return;
      }
      writeStepError(writer, outcome.error);
      if (outcome.kind === 'notApplied') writer.optional(outcome.retryAfterMs, (ms) => writer.timeMs(ms));
      if (outcome.kind === 'interrupted' && outcome.retryAfterMs !== undefined)
        writer.timeMs(outcome.retryAfterMs);
    },
    read: (reader) => {
      const word = reader.word(outcomeWords);
      const kind = word === 'interruptedFor' ? 'interrupted' : word;
      if (kind === 'applied') {
        const learned = reader.optional(() => factsCodec.decode(reader.bytes()));
        return learned === undefined ? { kind } : { kind, learned };
      }
      const error = readStepError(reader);
      const retryAfterMs =
        word === 'interruptedFor'
          ? reader.timeMs()
          : word === 'notApplied'
            ? reader.optional(() => reader.timeMs())
            : undefined;
      // The kind was written together with its error, so the pair is one of the union's.
      return { kind, error, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) } as Outcome<Facts>;
    },
  };
}

function wordOf(outcome: Outcome<unknown>): (typeof outcomeWords)[number] {
  return outcome.kind === 'interrupted' && outcome.retryAfterMs !== undefined
    ? 'interruptedFor'
    : outcome.kind;
}
