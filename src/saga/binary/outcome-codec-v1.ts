import type { BinaryReader } from './binary-reader.ts';
import type { Codec } from './codec.ts';
import { readStepError } from './step-codec.ts';
import type { Outcome } from '../outcome.ts';

const outcomeWords = ['applied', 'notApplied', 'unknown', 'interrupted', 'defect', 'interruptedFor'] as const;

/** Reads outcomes as journal entries of schema version 1 hold them. Nothing writes them any more. */
export function readOutcomeV1<Facts>(
  reader: BinaryReader,
  factsCodec: Codec<Partial<Facts>>,
): Outcome<Facts> {
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
}
