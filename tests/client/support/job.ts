import { Principal } from '@dfinity/principal';
import type { JobStatus, Status } from '../../../src/client/index.ts';

/** A job whose every field can be chosen. */
export function jobStatus(fields: Partial<JobStatus> = {}): JobStatus {
  return {
    id: 1n,
    owner: Principal.fromText('2vxsx-fae'),
    status: { queued: null },
    step: [],
    steps: [],
    greeterId: [],
    templateVersion: [],
    lastError: [],
    nextAttemptAt: [],
    parked: [],
    cyclesReserved: 0n,
    cyclesSpent: 0n,
    createdAt: 0n,
    updatedAt: 0n,
    endedAt: [],
    version: 1n,
    summary: '',
    happened: '',
    happening: [],
    next: [],
    actions: [],
    cancelRequestedAt: [],
    ...fields,
  };
}

export const openStatuses: readonly Status[] = [
  { queued: null },
  { running: null },
  { waitingRetry: null },
  { reconciling: null },
  { compensating: null },
];
