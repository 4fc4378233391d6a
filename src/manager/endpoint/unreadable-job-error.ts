/** A job's record is of a kind that this version of the Manager cannot read. A reject where an endpoint has no error variant. */
export class UnreadableJobError extends Error {
  override readonly name = 'UnreadableJobError';
  readonly code = 'Unreadable';

  /**
   * @param jobId which job
   * @param text why it cannot be read
   */
  constructor(jobId: bigint, text: string) {
    super(
      `Unreadable: job ${jobId} is there, but this version of the Manager cannot read its record (${text}). The job stands still; upgrade the Manager to a version that can.`,
    );
  }
}
