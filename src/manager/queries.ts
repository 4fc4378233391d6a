import { canisterCycleBalance, msgCaller } from 'azle';
import { Principal } from '@dfinity/principal';
import { nanosFromMs, nowMs } from './clock.ts';
import { readDefects } from './defects.ts';
import { ledger } from './budgets/cycles-ledger.ts';
import { readConfiguration } from './configuration/configuration-store.ts';
import { readQueueControl } from './operators/queue-control.ts';
import { UnreadableJobError } from './endpoint/unreadable-job-error.ts';
import { queueControlView } from './operators/queue-verbs.ts';
import { jobRow, splitRows } from './operators/list-jobs.ts';
import { readJob } from './operators/read-job.ts';
import { callingViewer, maySee } from './operators/viewer.ts';
import { greeterAt } from './registry/greeters.ts';
import type { GreeterRow } from './registry/greeters.ts';
import { isOwnerOf, ownerCounts, ownerGreeterAt, ownerJobAt } from './registry/owners.ts';
import { sagas } from './sagas.ts';
import { readMeta } from './storage/meta.ts';
import { jobStatusView } from './views/job-status.ts';
import { optional } from './views/optional.ts';
import type { Optional } from './views/optional.ts';
import { readPage } from './views/pages.ts';
import type { PageRequest } from './views/pages.ts';
import { countAnswers } from './worker/answer-inbox.ts';

/**
 * A job for its owner or an operator; nothing for anybody else, who must not even learn that it exists.
 *
 * @throws UnreadableJobError when it is theirs to see and cannot be read
 */
export function getJobStatus(jobId: bigint): Optional<object> {
  const viewer = callingViewer();
  const read = readJob(jobId);
  if (read && 'unreadable' in read) {
    // The record cannot say whose it is; the list of its owner can.
    if (viewer.role ?? isOwnerOf(viewer.principal, jobId))
      throw new UnreadableJobError(jobId, read.unreadable);
    return [];
  }
  return read && maySee(viewer, read.job) ? [jobStatusView(read.job, viewer)] : [];
}

/** The caller's jobs, oldest first. */
export function listMyJobs(page: Optional<PageRequest>): object {
  const viewer = callingViewer();
  const owner = viewer.principal;
  const { rows, nextCursor } = readPage(page, ownerCounts(owner).jobs, (index) => {
    const id = ownerJobAt(owner, index) ?? 0n;
    const read = readJob(id);
    if (!read) throw new Error(`owner index: no job at ${index}`);
    return jobRow(id, read, viewer);
  });
  return { ...splitRows(rows), nextCursor };
}

/** The caller's Greeters, oldest first. */
export function listMyGreeters(page: Optional<PageRequest>): object {
  const owner = msgCaller().toUint8Array();
  const { rows, nextCursor } = readPage(page, ownerCounts(owner).greeters, (index) =>
    greeterView(greeterAt(ownerGreeterAt(owner, index) ?? -1)),
  );
  return { greeters: rows, nextCursor };
}

/** Every Greeter, oldest first. */
export function listGreeters(page: Optional<PageRequest>): object {
  const { rows, nextCursor } = readPage(page, readMeta().greeters, (index) => greeterView(greeterAt(index)));
  return { greeters: rows, nextCursor };
}

/** How the queue stands, for operators. */
export function getQueueStats(): object {
  const { strayAnswers, greeters, epoch } = readMeta();
  const { reservedCycles, spentCycles } = ledger.totals();
  const defects = readDefects();
  return {
    Ok: {
      ...sagas.statusCounts(),
      openAttempts: sagas.openAttempts(),
      maximumOpenAttempts: readConfiguration().maximumOpenAttempts,
      unreadAnswers: countAnswers(),
      strayAnswers,
      greeters,
      nextWakeAt: optional(sagas.nextWakeMs()).map(nanosFromMs),
      epoch,
      cyclesBalance: canisterCycleBalance(),
      cyclesReserved: reservedCycles,
      cyclesSpent: spentCycles,
      cyclesSpentToday: ledger.spentTodayCycles(nowMs()),
      defects: defects.count,
      lastDefect: optional(defects.last).map(({ text, atMs }) => ({ text, at: nanosFromMs(atMs) })),
      ...queueControlView(readQueueControl()),
    },
  };
}

function greeterView(row: GreeterRow | undefined): object {
  if (!row) throw new Error('registry: a listed Greeter is missing');
  return {
    canisterId: Principal.fromUint8Array(row.canisterId),
    owner: Principal.fromUint8Array(row.owner),
    jobId: row.jobId,
    templateVersion: row.templateVersion,
    registeredAt: nanosFromMs(row.registeredAtMs),
  };
}
