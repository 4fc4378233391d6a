import type { BinaryReader } from './binary-reader.ts';
import type { BinaryWriter } from './binary-writer.ts';
import { attemptPhases } from '../definition.ts';
import { errorClasses } from '../outcome.ts';
import type { StepError } from '../outcome.ts';
import { stepStates } from '../record.ts';
import type { OpenAttempt, StepRecord } from '../record.ts';

export function writeStepRecord(writer: BinaryWriter, step: StepRecord): void {
  writer.u8(stepStates.indexOf(step.state)).u32(step.attempt).u32(step.reconcileAttempt);
  writer.optional(step.unknownAttempt, (attempt) => {
    writeOpenAttempt(writer, attempt);
  });
  writer.optional(step.startedAtMs, (atMs) => writer.timeMs(atMs));
  writer.optional(step.endedAtMs, (atMs) => writer.timeMs(atMs));
  writer.optional(step.lastError, (error) => {
    writeStepError(writer, error);
    writer.timeMs(error.atMs);
  });
  writer.optional(step.evidence, (evidence) => writer.text(evidence));
}

export function readStepRecord(reader: BinaryReader): StepRecord {
  const head = { state: reader.word(stepStates), attempt: reader.u32(), reconcileAttempt: reader.u32() };
  const unknownAttempt = reader.optional(() => readOpenAttempt(reader));
  const startedAtMs = reader.optional(() => reader.timeMs());
  const endedAtMs = reader.optional(() => reader.timeMs());
  const lastError = reader.optional(() => ({ ...readStepError(reader), atMs: reader.timeMs() }));
  const evidence = reader.optional(() => reader.text());
  return {
    ...head,
    ...(unknownAttempt === undefined ? {} : { unknownAttempt }),
    ...(startedAtMs === undefined ? {} : { startedAtMs }),
    ...(endedAtMs === undefined ? {} : { endedAtMs }),
    ...(lastError === undefined ? {} : { lastError }),
    ...(evidence === undefined ? {} : { evidence }),
  };
}

export function writeStepError(writer: BinaryWriter, error: StepError): void {
  writer.u8(errorClasses.indexOf(error.class)).text(error.code).text(error.message);
}

export function readStepError(reader: BinaryReader): StepError {
  return { class: reader.word(errorClasses), code: reader.text(), message: reader.text() };
}

export function writeOpenAttempt(writer: BinaryWriter, attempt: OpenAttempt): void {
  writer.u32(attempt.serial).u32(attempt.epoch).u8(attemptPhases.indexOf(attempt.phase));
  writer.u64(attempt.hostVersion).timeMs(attempt.startedAtMs).timeMs(attempt.leaseUntilMs);
}

export function readOpenAttempt(reader: BinaryReader): OpenAttempt {
  return {
    serial: reader.u32(),
    epoch: reader.u32(),
    phase: reader.word(attemptPhases),
    hostVersion: reader.u64(),
    startedAtMs: reader.timeMs(),
    leaseUntilMs: reader.timeMs(),
  };
}
