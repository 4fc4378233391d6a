import { BinaryWriter } from '../../saga/index.ts';

/**
 * First bytes of the Manager's keys in the shared map; the engine's are below 0x40. Append only, never reuse: where a
 * value is a bare number or text, the prefix is its version, and another format gets another prefix.
 */
const prefixes = {
  meta: 0x40,
  idempotencyKey: 0x41,
  owner: 0x42,
  ownerJob: 0x43,
  ownerGreeter: 0x44,
  greeter: 0x45,
  callRoute: 0x46,
  openCalls: 0x4c,
  template: 0x47,
  templateIndex: 0x48,
  activeTemplate: 0x49,
  canister: 0x4a,
  defects: 0x4b,
  roles: 0x50,
  auditCount: 0x51,
  auditRow: 0x52,
  auditRequest: 0x53,
  queueControl: 0x54,
  configuration: 0x60,
  jobAccount: 0x61,
  callerAccount: 0x62,
  ledgerTotals: 0x63,
  allowedCaller: 0x64,
  invitation: 0x65,
  endedJob: 0x66,
  endedJobs: 0x67,
  creationMark: 0x70,
  searchTally: 0x71,
  vacancyPlace: 0x72,
  orphanScan: 0x73,
  orphan: 0x74,
  adoption: 0x75,
  creationsUnderWay: 0x76,
} as const;

function key(prefix: keyof typeof prefixes): BinaryWriter {
  return new BinaryWriter().u8(prefixes[prefix]);
}

/** The key of the one row of its kind: made once, because most of these rows are read in every message. */
function constantKey(prefix: keyof typeof prefixes): () => Uint8Array {
  const bytes = key(prefix).finish();
  return () => bytes;
}

export const metaKey = constantKey('meta');

/** The owner's bytes are length-prefixed, so no owner and text can be mistaken for another pair. */
export const idempotencyKeyKey = (owner: Uint8Array, text: string): Uint8Array =>
  key('idempotencyKey').bytes(owner).text(text).finish();

export const ownerKey = (owner: Uint8Array): Uint8Array => key('owner').bytes(owner).finish();

export const ownerJobKey = (owner: Uint8Array, index: number): Uint8Array =>
  key('ownerJob').bytes(owner).u32(index).finish();

export const ownerGreeterKey = (owner: Uint8Array, index: number): Uint8Array =>
  key('ownerGreeter').bytes(owner).u32(index).finish();

export const greeterKey = (index: number): Uint8Array => key('greeter').u32(index).finish();

export const callRouteKey = (callId: number): Uint8Array => key('callRoute').u32(callId).finish();

export const openCallsKey = constantKey('openCalls');

export const templateKey = (version: string): Uint8Array => key('template').text(version).finish();

export const templateIndexKey = (index: number): Uint8Array => key('templateIndex').u32(index).finish();

export const activeTemplateKey = constantKey('activeTemplate');

export const defectsKey = constantKey('defects');

export const canisterKey = (canisterId: Uint8Array): Uint8Array => key('canister').bytes(canisterId).finish();

export const rolesKey = constantKey('roles');

export const auditCountKey = constantKey('auditCount');

export const auditRowKey = (sequence: number): Uint8Array => key('auditRow').u32(sequence).finish();

export const auditRequestKey = (actor: Uint8Array, requestId: string): Uint8Array =>
  key('auditRequest').bytes(actor).text(requestId).finish();

export const queueControlKey = constantKey('queueControl');

export const jobAccountKey = (jobId: bigint): Uint8Array => key('jobAccount').u64(jobId).finish();

export const callerAccountKey = (owner: Uint8Array): Uint8Array => key('callerAccount').bytes(owner).finish();

export const ledgerTotalsKey = constantKey('ledgerTotals');

/** Rows of a list (`listed-rows.ts`): by what names them, by their place, and how many there are. */
export type ListName = 'allowedCaller' | 'invitation';

export const listRowKey = (list: ListName, id: Uint8Array): Uint8Array => key(list).u8(0).bytes(id).finish();

export const listPlaceKey = (list: ListName, place: number): Uint8Array =>
  key(list).u8(1).u32(place).finish();

export const listCountKey = (list: ListName): Uint8Array => key(list).u8(2).finish();

export const endedJobKey = (place: bigint): Uint8Array => key('endedJob').u64(place).finish();

export const endedJobsKey = constantKey('endedJobs');

export const configurationKey = constantKey('configuration');

export const creationMarkKey = constantKey('creationMark');

export const searchTallyKey = (sagaId: bigint): Uint8Array => key('searchTally').u64(sagaId).finish();

export const vacancyPlaceKey = (canisterId: Uint8Array): Uint8Array =>
  key('vacancyPlace').bytes(canisterId).finish();

export const orphanScanKey = constantKey('orphanScan');

export const orphanKey = (index: number): Uint8Array => key('orphan').u32(index).finish();

export const adoptionKey = (canisterId: Uint8Array): Uint8Array => key('adoption').bytes(canisterId).finish();

export const creationsUnderWayKey = (hostVersion: bigint): Uint8Array =>
  key('creationsUnderWay').u64(hostVersion).finish();
