import { parseArgs } from 'node:util';

/** What the server's command line says. */
export interface CommandLine {
  /** Gets the port once the server listens. */
  readonly portFile: string | undefined;
  /** 0: a free one. */
  readonly port: number;
  readonly host: string;
  /** The server ends by itself when nothing happened for so long. */
  readonly ttlSeconds: number;
}

/** As in the original. */
const defaultTtlSeconds = 60;
const largestPort = 65_535;

/**
 * Reads the command line. Flags that only the original knows are ignored, so that whoever starts it may pass them.
 *
 * @param args without the program's name
 * @throws RangeError for a number that cannot be used
 */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const { values } = parseArgs({
    args: [...args],
    strict: false,
    options: {
      'port-file': { type: 'string' },
      port: { type: 'string' },
      'ip-addr': { type: 'string' },
      ttl: { type: 'string' },
      // Known so that its value is not taken for something else.
      'log-levels': { type: 'string' },
    },
  });
  const portFile = values['port-file'];
  const host = values['ip-addr'];
  return {
    portFile: typeof portFile === 'string' ? portFile : undefined,
    port: wholeNumber('--port', values.port, 0, largestPort),
    host: typeof host === 'string' ? host : '127.0.0.1',
    ttlSeconds: wholeNumber('--ttl', values.ttl, defaultTtlSeconds, Number.MAX_SAFE_INTEGER),
  };
}

function wholeNumber(flag: string, value: unknown, absent: number, largest: number): number {
  if (value === undefined) return absent;
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : NaN;
  if (!(number <= largest)) throw new RangeError(`${flag} takes a whole number from 0 to ${largest}.`);
  return number;
}
