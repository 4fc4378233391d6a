/** A command line that cannot be followed. Its text says what to do instead. */
export class CommandLineError extends Error {
  override readonly name = 'CommandLineError';

  constructor(
    readonly code: 'UNKNOWN_FLAG' | 'UNSUPPORTED_FLAG' | 'INVALID_VALUE' | 'MISSING_FLAG',
    message: string,
  ) {
    super(message);
  }
}

const largestPort = 65_535;

/** @throws CommandLineError `INVALID_VALUE` */
export function wholeNumber(flag: string, value: string, largest: number): number {
  const number = /^\d+$/.test(value) ? Number(value) : NaN;
  if (number <= largest) return number;
  throw new CommandLineError(
    'INVALID_VALUE',
    `${flag} takes a whole number from 0 to ${largest}, not '${value}'.`,
  );
}

/** A TCP port; 0 or absent: any free one. */
export function portOf(flag: string, value: string | undefined): number {
  return value === undefined ? 0 : wholeNumber(flag, value, largestPort);
}

/**
 * Reads flags, each as `--flag value` or `--flag=value`.
 *
 * @throws CommandLineError `UNKNOWN_FLAG` naming the first argument that is not expected
 */
export function reading<Parsed>(parse: () => Parsed): Parsed {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))) {
      throw error;
    }
    throw new CommandLineError('UNKNOWN_FLAG', error.message);
  }
}
