/** What is wrong with a state directory. */
export type StateDirErrorCode =
  /** Another process works in it. */
  | 'STATE_DIR_IN_USE'
  /** It cannot be made. */
  | 'STATE_DIR_UNUSABLE'
  /** It was written by a version whose format this one does not read. */
  | 'STATE_DIR_FORMAT'
  /** Its bytes are not what was written. */
  | 'STATE_DIR_DAMAGED'
  /** What was recorded does not repeat: recorded by another version of the network. */
  | 'STATE_DIR_DIVERGED'
  /** The state is larger than what can be read back. */
  | 'STATE_DIR_TOO_LARGE';

/** A state directory that cannot be used. Nothing in it was changed. */
export class StateDirError extends Error {
  override readonly name = 'StateDirError';

  constructor(
    readonly code: StateDirErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
