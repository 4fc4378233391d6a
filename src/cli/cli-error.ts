/** A command that could not do its work: what happened, and what to do about it. */
export class CliError extends Error {
  override readonly name = 'CliError';

  /**
   * @param code stable, for scripts
   * @param message what happened
   * @param advice what to do
   * @param exitCode 1: failed; 2: the command line was wrong
   */
  constructor(
    readonly code: string,
    message: string,
    readonly advice: string,
    readonly exitCode: 1 | 2 = 1,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
