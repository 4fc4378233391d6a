import { BinaryReader } from './binary-reader.ts';
import { BinaryWriter } from './binary-writer.ts';
import type { Codec } from './codec.ts';
import { outcomeFormat } from './outcome-codec.ts';
import { readOutcomeV1 } from './outcome-codec-v1.ts';
import { verdictFormat } from './verdict-codec.ts';
import type { JournalEntry, SagaEvent } from '../event.ts';

/** Written by this version; entries of every earlier one are read as well. */
const schemaVersion = 2;

/** Append only. */
const eventTypes = ['wake', 'outcome', 'verdict', 'retry', 'cancel', 'resolve', 'terminate'] as const;
const findings = ['applied', 'notApplied'] as const;

/**
 * The binary format of one journal entry.
 *
 * @param factsCodec the definition's own format for what it has learned
 */
export function journalCodec<Facts>(factsCodec: Codec<Partial<Facts>>): Codec<JournalEntry<Facts>> {
  const outcomes = outcomeFormat(factsCodec);
  const verdicts = verdictFormat(factsCodec);

  function writeLearned(writer: BinaryWriter, learned: Partial<Facts> | undefined): void {
    writer.optional(learned, (facts) => writer.bytes(factsCodec.encode(facts)));
  }

  function readLearned(reader: BinaryReader): { learned?: Partial<Facts> } {
    const learned = reader.optional(() => factsCodec.decode(reader.bytes()));
    return learned === undefined ? {} : { learned };
  }

  function writeEvent(writer: BinaryWriter, event: SagaEvent<Facts>): void {
    writer.u8(eventTypes.indexOf(event.type));
    switch (event.type) {
      case 'wake':
        writer.u32(event.epoch).u64(event.hostVersion);
        writeLearned(writer, event.learned);
        return;
      case 'outcome':
        writer.u32(event.ticket.serial).u32(event.ticket.epoch);
        outcomes.write(writer, event.outcome);
        return;
      case 'verdict':
        writer.u32(event.ticket.serial).u32(event.ticket.epoch);
        verdicts.write(writer, event.verdict);
        return;
      case 'retry':
        writeLearned(writer, event.learned);
        writer.optional(event.delayMs, (ms) => writer.timeMs(ms));
        return;
      case 'resolve':
        writer.u8(findings.indexOf(event.finding)).text(event.evidence);
        writeLearned(writer, event.learned);
        return;
      case 'cancel':
      case 'terminate':
        return;
    }
  }

  function readEvent(reader: BinaryReader, version: number): SagaEvent<Facts> {
    const isV1 = version === 1;
    const type = reader.word(eventTypes);
    switch (type) {
      case 'wake': {
        const wake = { type, epoch: reader.u32(), hostVersion: reader.u64() };
        return isV1 ? wake : { ...wake, ...readLearned(reader) };
      }
      case 'outcome': {
        const ticket = readTicket(reader);
        return { type, ticket, outcome: isV1 ? readOutcomeV1(reader, factsCodec) : outcomes.read(reader) };
      }
      case 'verdict':
        return { type, ticket: readTicket(reader), verdict: verdicts.read(reader) };
      case 'retry': {
        const retry = { type, ...readLearned(reader) };
        const delayMs = isV1 ? undefined : reader.optional(() => reader.timeMs());
        return delayMs === undefined ? retry : { ...retry, delayMs };
      }
      case 'resolve':
        return { type, finding: reader.word(findings), evidence: reader.text(), ...readLearned(reader) };
      case 'cancel':
      case 'terminate':
        return { type };
    }
  }

  return {
    encode: ({ sequence, atMs, event }) => {
      const writer = new BinaryWriter().u8(schemaVersion).u32(sequence).timeMs(atMs);
      writeEvent(writer, event);
      return writer.finish();
    },
    decode: (bytes) => {
      const reader = new BinaryReader(bytes);
      const version = reader.u8();
      if (version < 1 || version > schemaVersion)
        throw new Error(`journal entry: unknown schema version ${version}`);
      const entry = { sequence: reader.u32(), atMs: reader.timeMs(), event: readEvent(reader, version) };
      reader.finish();
      return entry;
    },
  };
}

function readTicket(reader: BinaryReader): { serial: number; epoch: number } {
  return { serial: reader.u32(), epoch: reader.u32() };
}
