import type { JobStatus } from '../../client/index.ts';
import { LiveRegion } from '../terminal/live-region.ts';
import { comfortableColumns, type Printer } from '../terminal/printer.ts';
import { jobTable, stepNews } from './job-table.ts';

/** Shows a job as it goes on: a table redrawn in place on a terminal, one line for each change elsewhere. */
export function jobProgress(printer: Printer, nowNanos: () => bigint): (job: JobStatus) => void {
  const { terminal } = printer;
  if (terminal.redraws) {
    const region = new LiveRegion(terminal);
    return (job) => {
      region.draw(jobTable(job, nowNanos(), Math.min(terminal.columns() - 1, comfortableColumns)));
    };
  }
  let before: JobStatus | undefined;
  return (job) => {
    for (const line of stepNews(before, job, nowNanos())) printer.line(...line);
    before = job;
  };
}
