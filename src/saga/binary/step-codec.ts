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
  const state = reader.word(stepStates);
  const step: Mutable<StepRecord> = { state, attempt: reader.u32(), reconcileAttempt: reader.u32() };
  // Filled in place: read from stable memory all the time, a step is dear to put together from parts.
  if (reader.bool()) step.unknownAttempt = readOpenAttempt(reader);
  if (reader.bool()) step.startedAtMs = reader.timeMs();
  if (reader.bool()) step.endedAtMs = reader.timeMs();
  if (reader.bool()) step.lastError = { ...readStepError(reader), atMs: reader.timeMs() };
  if (reader.bool()) step.evidence = reader.text();
  return step;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

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
