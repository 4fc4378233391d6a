/** Input that breaks a documented rule; nothing was changed. Becomes `InvalidRequest`, or a reject where there is none. */
export class InvalidInputError extends Error {
  override readonly name = 'InvalidInputError';
  readonly code = 'InvalidRequest';

  /**
   * @param field where the input is wrong
   * @param rule what it must be
   * @param value what it is, shortened to what helps
   */
  constructor(
    readonly field: string,
    readonly rule: string,
    readonly value: string,
  ) {
    super(`InvalidRequest: ${field} ${rule}, not ${JSON.stringify(value)}`);
  }

  /** The value of Candid's `InvalidRequest`. */
  toCandid(): { field: string; rule: string; value: string } {
    return { field: this.field, rule: this.rule, value: this.value };
  }
}
