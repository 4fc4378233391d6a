import { BinaryReader, BinaryWriter } from '../../saga/index.ts';
import type { AttemptTicket } from '../../saga/index.ts';
import { callRouteKey } from '../storage/keys.ts';
import { records } from '../storage/memory.ts';

const schemaVersion = 1;
const kinds = ['attempt', 'templateUpload'] as const;

/** Whom an answer is for. Written in the message that sends the call, so no answer can come before its route. */
export type CallRoute =
  | {
      readonly kind: 'attempt';
      readonly sagaId: bigint;
      readonly ticket: AttemptTicket;
      readonly stepIndex: number;
      readonly readsEvidence: boolean;
    }
  | { readonly kind: 'templateUpload'; readonly version: string };

export function writeCallRoute(callId: number, route: CallRoute): void {
  const writer = new BinaryWriter().u8(schemaVersion).u8(kinds.indexOf(route.kind));
  if (route.kind === 'templateUpload') writer.text(route.version);
  else {
    writer.u64(route.sagaId).u32(route.ticket.serial).u32(route.ticket.epoch);
    writer.u32(route.stepIndex).bool(route.readsEvidence);
  }
  records.set(callRouteKey(callId), writer.finish());
}

export function readCallRoute(callId: number): CallRoute | undefined {
  const bytes = records.get(callRouteKey(callId));
  if (!bytes) return undefined;
  const reader = new BinaryReader(bytes);
  const version = reader.u8();
  if (version !== schemaVersion) throw new Error(`call route: unknown schema version ${version}`);
  const kind = reader.word(kinds);
  if (kind === 'templateUpload') return { kind, version: reader.text() };
  return {
    kind,
    sagaId: reader.u64(),
    ticket: { serial: reader.u32(), epoch: reader.u32() },
    stepIndex: reader.u32(),
    readsEvidence: reader.bool(),
  };
}

export function deleteCallRoute(callId: number): void {
  records.delete(callRouteKey(callId));
}
