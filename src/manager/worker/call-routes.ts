import { BinaryReader, BinaryWriter } from '../../saga/index.ts';
import type { AttemptPhase, AttemptTicket } from '../../saga/index.ts';
import { callPurposes } from '../provisioning/action.ts';
import type { CallPurpose } from '../provisioning/action.ts';
import { callRouteKey } from '../storage/keys.ts';
import { records } from '../storage/memory.ts';

const schemaVersion = 3;

/** Stored by place: append only. */
const kinds = ['attempt', 'templateUpload', 'orphanReading', 'orphanStatus', 'adoption'] as const;
const phases: readonly AttemptPhase[] = ['execute', 'reconcile', 'compensate'];

/** Whom an answer is for. Written in the message that sends the call, so no answer can come before its route. */
export type CallRoute =
  | AttemptRoute
  | { readonly kind: 'templateUpload'; readonly version: string }
  /** One number of a scan for orphans. */
  | { readonly kind: 'orphanReading'; readonly number: bigint }
  /** How many cycles an orphan has. */
  | { readonly kind: 'orphanStatus'; readonly number: bigint }
  /** What an operator wants adopted. */
  | { readonly kind: 'adoption'; readonly canisterId: Uint8Array };

export interface AttemptRoute {
  readonly kind: 'attempt';
  readonly sagaId: bigint;
  readonly ticket: AttemptTicket;
  readonly stepIndex: number;
  readonly phase: AttemptPhase;
  readonly purpose: CallPurpose;
  /** The canister the call is about; absent for a creation. */
  readonly canisterId?: Uint8Array;
  readonly attachedCycles: bigint;
  /** The Manager's version when the call was sent. */
  readonly hostVersion: bigint;
  /** Absent for a call that an earlier version of the Manager sent. */
  readonly sentAtMs?: number;
}

export function writeCallRoute(callId: number, route: CallRoute): void {
  const writer = new BinaryWriter().u8(schemaVersion).u8(kinds.indexOf(route.kind));
  switch (route.kind) {
    case 'attempt':
      writeAttempt(writer, route);
      break;
    case 'templateUpload':
      writer.text(route.version);
      break;
    case 'orphanReading':
    case 'orphanStatus':
      writer.u64(route.number);
      break;
    case 'adoption':
      writer.bytes(route.canisterId);
  }
  records.set(callRouteKey(callId), writer.finish());
}

export function readCallRoute(callId: number): CallRoute | undefined {
  const bytes = records.get(callRouteKey(callId));
  return bytes && decodeCallRoute(bytes);
}

export function deleteCallRoute(callId: number): void {
  records.delete(callRouteKey(callId));
}

/** @throws Error when the bytes are not a route of a known version */
export function decodeCallRoute(bytes: Uint8Array): CallRoute {
  const reader = new BinaryReader(bytes);
  const version = reader.u8();
  if (version < 1 || version > schemaVersion) {
    throw new Error(`call route: unknown schema version ${version}`);
  }
  const kind = reader.word(kinds);
  switch (kind) {
    case 'attempt':
      return version === 1 ? readFirstVersion(reader) : readAttempt(reader, version);
    case 'templateUpload':
      return { kind, version: reader.text() };
    case 'orphanReading':
    case 'orphanStatus':
      return { kind, number: reader.u64() };
    case 'adoption':
      return { kind, canisterId: reader.bytes() };
  }
}

function writeAttempt(writer: BinaryWriter, route: AttemptRoute): void {
  const { sagaId, ticket, stepIndex, phase, purpose, canisterId, attachedCycles, hostVersion, sentAtMs } =
    route;
  writer.u64(sagaId).u32(ticket.serial).u32(ticket.epoch).u32(stepIndex);
  writer.u8(phases.indexOf(phase)).u8(callPurposes.indexOf(purpose));
  writer
    .optional(canisterId, (id) => writer.bytes(id))
    .natural(attachedCycles)
    .u64(hostVersion)
    .optional(sentAtMs, (atMs) => writer.timeMs(atMs));
}

function readAttempt(reader: BinaryReader, version: number): AttemptRoute {
  const head = { ...readHead(reader), phase: reader.word(phases), purpose: reader.word(callPurposes) };
  const canisterId = reader.optional(() => reader.bytes());
  const tail = { attachedCycles: reader.natural(), hostVersion: reader.u64() };
  const sentAtMs = version >= 3 ? reader.optional(() => reader.timeMs()) : undefined;
  return {
    kind: 'attempt',
    ...head,
    ...(canisterId === undefined ? {} : { canisterId }),
    ...tail,
    ...(sentAtMs === undefined ? {} : { sentAtMs }),
  };
}

function readHead(reader: BinaryReader): Pick<AttemptRoute, 'sagaId' | 'ticket' | 'stepIndex'> {
  const sagaId = reader.u64();
  return { sagaId, ticket: { serial: reader.u32(), epoch: reader.u32() }, stepIndex: reader.u32() };
}

/** Of each step's execution in version 1 of the Manager, which attached the same to every creation. */
const firstPurposes: readonly CallPurpose[] = ['createCanister', 'installCode', 'setSoleController'];
const firstCreationCycles = 1_500_000_000_000n;

function readFirstVersion(reader: BinaryReader): AttemptRoute {
  const head = readHead(reader);
  const readsEvidence = reader.bool();
  const executed = firstPurposes[head.stepIndex];
  const purpose = readsEvidence || !executed ? 'readCanisterInfo' : executed;
  const attachedCycles = purpose === 'createCanister' ? firstCreationCycles : 0n;
  const phase = readsEvidence ? 'reconcile' : 'execute';
  return { kind: 'attempt', ...head, phase, purpose, attachedCycles, hostVersion: 0n };
}
