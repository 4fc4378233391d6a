import { BinaryReader } from './binary-reader.ts';
import { BinaryWriter } from './binary-writer.ts';
import type { Codec } from './codec.ts';
import { outcomeFormat } from './outcome-codec.ts';
import { verdictFormat } from './verdict-codec.ts';
import type { JournalEntry, SagaEvent } from '../event.ts';

const schemaVersion = 1;
const eventTypes = ['wake', 'outcome', 'verdict', 'retry'] as const;

/**
 * The binary format of one journal entry.
 *
 * @param factsCodec the definition's own format for what it has learned
 */
export function journalCodec<Facts>(factsCodec: Codec<Partial<Facts>>): Codec<JournalEntry<Facts>> {
  const outcomes = outcomeFormat(factsCodec);
  const verdicts = verdictFormat(factsCodec);

  function encode({ sequence, atMs, event }: JournalEntry<Facts>): Uint8Array {
    const writer = new BinaryWriter();
    writer.u8(schemaVersion).u32(sequence).timeMs(atMs).u8(eventTypes.indexOf(event.type));
    if (event.type === 'wake') writer.u32(event.epoch).u64(event.hostVersion);
    if (event.type === 'retry') {
      writer.optional(event.learned, (learned) => writer.bytes(factsCodec.encode(learned)));
    }
    if (event.type === 'outcome' || event.type === 'verdict') {
      writer.u32(event.ticket.serial).u32(event.ticket.epoch);
    }
    if (event.type === 'outcome') outcomes.write(writer, event.outcome);
    if (event.type === 'verdict') verdicts.write(writer, event.verdict);
    return writer.finish();
  }

  function readEvent(reader: BinaryReader): SagaEvent<Facts> {
    const type = reader.word(eventTypes);
    switch (type) {
      case 'wake':
        return { type, epoch: reader.u32(), hostVersion: reader.u64() };
      case 'retry': {
        const learned = reader.optional(() => factsCodec.decode(reader.bytes()));
        return learned === undefined ? { type } : { type, learned };
      }
      case 'outcome':
        return { type, ticket: readTicket(reader), outcome: outcomes.read(reader) };
      case 'verdict':
        return { type, ticket: readTicket(reader), verdict: verdicts.read(reader) };
    }
  }

  function decode(bytes: Uint8Array): JournalEntry<Facts> {
    const reader = new BinaryReader(bytes);
    const version = reader.u8();
    if (version !== schemaVersion) throw new Error(`journal entry: unknown schema version ${version}`);
    const entry = { sequence: reader.u32(), atMs: reader.timeMs(), event: readEvent(reader) };
    reader.finish();
    return entry;
  }

  return { encode, decode };
}

function readTicket(reader: BinaryReader): { serial: number; epoch: number } {
  return { serial: reader.u32(), epoch: reader.u32() };
}
