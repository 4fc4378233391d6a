/** The call was answered with a reject. */
export class CallRejectedError extends Error {
  override readonly name = 'CallRejectedError';
  readonly code = 'client.call-rejected';

  /**
   * @param rejectCode 1 to 6 (IC interface spec, "Reject codes"); 2 is transient, 6 means that the outcome is unknown
   * @param errorCode the replica's finer code, such as `IC0503`, or `` when the network gave none
   * @param rejectMessage the reject text as the network sent it
   */
  constructor(
    readonly rejectCode: number,
    readonly errorCode: string,
    readonly rejectMessage: string,
  ) {
    super(`Rejected (code ${rejectCode}${errorCode && `, ${errorCode}`}): ${rejectMessage}`);
  }
}

/** An argument that is not of the method's Candid type. Nothing was sent. */
export class InvalidArgumentError extends Error {
  override readonly name = 'InvalidArgumentError';
  readonly code = 'client.invalid-argument';

  constructor(
    readonly method: string,
    cause: unknown,
  ) {
    super(`The argument of ${method} does not fit its Candid type: ${textOf(cause)}`, { cause });
  }
}

/** A reply that is not of the method's Candid type: the canister is another one, or of another version. */
export class UndecodableReplyError extends Error {
  override readonly name = 'UndecodableReplyError';
  readonly code = 'client.undecodable-reply';

  constructor(
    readonly method: string,
    readonly reply: Uint8Array,
    cause: unknown,
  ) {
    super(
      `The reply of ${method} (${reply.length} bytes) does not fit its Candid type: ${textOf(cause)} Is this the right canister, and is the client as new as it?`,
      { cause },
    );
  }
}

function textOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
