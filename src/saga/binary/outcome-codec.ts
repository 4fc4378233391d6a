import type { BinaryReader } from './binary-reader.ts';
import type { BinaryWriter } from './binary-writer.ts';
import type { Codec } from './codec.ts';
import { readStepError, writeStepError } from './step-codec.ts';
import type { Outcome, StepError } from '../outcome.ts';

/** Append only. */
const outcomeKinds = ['applied', 'notApplied', 'unknown', 'interrupted', 'defect', 'unfinished'] as const;

/** Every field an outcome can have: written for every kind, so that a kind that gains one keeps its format. */
interface Fields<Facts> {
  readonly kind: Outcome<Facts>['kind'];
  readonly error?: StepError;
  readonly learned?: Partial<Facts>;
  readonly retryAfterMs?: number;
  readonly maximumAttempts?: number;
}

/** Writes and reads outcomes inside a journal entry. */
export function outcomeFormat<Facts>(factsCodec: Codec<Partial<Facts>>): {
  write: (writer: BinaryWriter, outcome: Outcome<Facts>) => void;
  read: (reader: BinaryReader) => Outcome<Facts>;
} {
  return {
    write: (writer, outcome) => {
      const { kind, error, learned, retryAfterMs, maximumAttempts }: Fields<Facts> = outcome;
      writer.u8(outcomeKinds.indexOf(kind));
      writer.optional(error, (present) => {
        writeStepError(writer, present);
      });
      writer.optional(learned, (facts) => writer.bytes(factsCodec.encode(facts)));
      writer.optional(retryAfterMs, (ms) => writer.timeMs(ms));
      writer.optional(maximumAttempts, (count) => writer.u32(count));
    },
    read: (reader) => {
      const kind = reader.word(outcomeKinds);
      const error = reader.optional(() => readStepError(reader));
      const learned = reader.optional(() => factsCodec.decode(reader.bytes()));
      const retryAfterMs = reader.optional(() => reader.timeMs());
      const maximumAttempts = reader.optional(() => reader.u32());
      // The kind was written together with its fields, so the combination is one of the union's.
      return {
        kind,
        ...(error === undefined ? {} : { error }),
        ...(learned === undefined ? {} : { learned }),
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
        ...(maximumAttempts === undefined ? {} : { maximumAttempts }),
      } as Outcome<Facts>;
    },
  };
}
