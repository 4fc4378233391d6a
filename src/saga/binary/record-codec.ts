import { BinaryReader } from './binary-reader.ts';
import { BinaryWriter } from './binary-writer.ts';
import type { Codec } from './codec.ts';
import { readOpenAttempt, readStepRecord, writeOpenAttempt, writeStepRecord } from './step-codec.ts';
import { parkReasons } from '../record.ts';
import type { SagaRecord } from '../record.ts';
import { sagaStatuses } from '../status.ts';

/** Written by this version; records of every earlier one are read as well. */
const schemaVersion = 2;

/**
 * The binary format of a saga's record.
 *
 * @param factsCodec the definition's own format for what it has learned
 */
export function recordCodec<Facts>(factsCodec: Codec<Partial<Facts>>): Codec<SagaRecord<Facts>> {
  return {
    encode: (record) => encodeRecord(record, factsCodec),
    decode: (bytes) => decodeRecord(bytes, factsCodec),
  };
}

function encodeRecord<Facts>(record: SagaRecord<Facts>, factsCodec: Codec<Partial<Facts>>): Uint8Array {
  const writer = new BinaryWriter();
  writer.u8(schemaVersion).u64(record.id).text(record.definitionName).u32(record.definitionVersion);
  writer.u8(sagaStatuses.indexOf(record.status)).u32(record.cursor).u32(record.steps.length);
  for (const step of record.steps) writeStepRecord(writer, step);
  writer.bytes(factsCodec.encode(record.facts)).u32(record.attempts);
  writer.optional(record.openAttempt, (open) => {
    writeOpenAttempt(writer, open);
  });
  writer.optional(record.dueAtMs, (atMs) => writer.timeMs(atMs));
  writer.optional(record.parked, ({ reason, sinceMs }) =>
    writer.u8(parkReasons.indexOf(reason)).timeMs(sinceMs),
  );
  writer.u32(record.lateAnswers).u32(record.version).timeMs(record.createdAtMs).timeMs(record.updatedAtMs);
  writer.optional(record.endedAtMs, (atMs) => writer.timeMs(atMs));
  writer.bool(record.compensating === true);
  writer.optional(record.cancelRequestedAtMs, (atMs) => writer.timeMs(atMs));
  return writer.finish();
}

function decodeRecord<Facts>(bytes: Uint8Array, factsCodec: Codec<Partial<Facts>>): SagaRecord<Facts> {
  const reader = new BinaryReader(bytes);
  const version = reader.u8();
  if (version < 1 || version > schemaVersion)
    throw new Error(`saga record: unknown schema version ${version}`);
  const head = { id: reader.u64(), definitionName: reader.text(), definitionVersion: reader.u32() };
  const status = reader.word(sagaStatuses);
  const cursor = reader.u32();
  const steps = Array.from({ length: reader.u32() }, () => readStepRecord(reader));
  const facts = factsCodec.decode(reader.bytes()) as Facts;
  const attempts = reader.u32();
  const openAttempt = reader.optional(() => readOpenAttempt(reader));
  const dueAtMs = reader.optional(() => reader.timeMs());
  const parked = reader.optional(() => ({ reason: reader.word(parkReasons), sinceMs: reader.timeMs() }));
  const tail = {
    lateAnswers: reader.u32(),
    version: reader.u32(),
    createdAtMs: reader.timeMs(),
    updatedAtMs: reader.timeMs(),
  };
  const endedAtMs = reader.optional(() => reader.timeMs());
  // Version 1 could not go back: its sagas all go forward, and nobody has asked for anything else.
  const compensating = version >= 2 && reader.bool();
  const cancelRequestedAtMs = version >= 2 ? reader.optional(() => reader.timeMs()) : undefined;
  reader.finish();
  return {
    ...head,
    status,
    cursor,
    ...(compensating ? { compensating } : {}),
    ...(cancelRequestedAtMs === undefined ? {} : { cancelRequestedAtMs }),
    steps,
    facts,
    attempts,
    ...(openAttempt === undefined ? {} : { openAttempt }),
    ...(dueAtMs === undefined ? {} : { dueAtMs }),
    ...(parked === undefined ? {} : { parked }),
    ...tail,
    ...(endedAtMs === undefined ? {} : { endedAtMs }),
  };
}
