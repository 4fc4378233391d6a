import { BinaryReader } from '../binary/binary-reader.ts';
import { BinaryWriter } from '../binary/binary-writer.ts';
import { sagaStatuses } from '../status.ts';
import type { SagaStatus } from '../status.ts';

const schemaVersion = 1;

/** How many sagas have each status. */
export type StatusCounts = Readonly<Record<SagaStatus, number>>;

export function encodeStatusCounts(counts: StatusCounts): Uint8Array {
  const writer = new BinaryWriter().u8(schemaVersion);
  for (const status of sagaStatuses) writer.u32(counts[status]);
  return writer.finish();
}

export function decodeStatusCounts(bytes: Uint8Array | undefined): StatusCounts {
  const reader = bytes && new BinaryReader(bytes);
  const version = reader?.u8() ?? schemaVersion;
  if (version !== schemaVersion) throw new Error(`status counts: unknown schema version ${version}`);
  return Object.fromEntries(sagaStatuses.map((status) => [status, reader?.u32() ?? 0])) as Record<
    SagaStatus,
    number
  >;
}
