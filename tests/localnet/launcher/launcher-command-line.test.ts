import { describe, expect, test } from 'vitest';
import { CommandLineError } from '../../../src/localnet/launcher/command-line-error.ts';
import { parseLauncherCommand } from '../../../src/localnet/launcher/launcher-command-line.ts';
import { thrownBy } from '../../support/thrown-by.ts';

/** As icp 1.5.0 starts a launcher. */
const fromIcp = [
  '--interface-version',
  '1.1.0',
  '--state-dir',
  '/project/.icp/cache/networks/local/state',
  '--bind',
  '127.0.0.1',
  '--gateway-port',
  '8000',
  '--status-dir',
  '/tmp/status',
  '--domain=localhost',
  // Only for a network that icp.yaml does not describe.
  '--domain=127.0.0.1',
];

function refusal(...args: string[]): CommandLineError {
  return thrownBy(CommandLineError, () => parseLauncherCommand(args));
}

describe('the command line of the launcher', () => {
  test('is the one with which icp starts it', () => {
    expect(parseLauncherCommand(fromIcp)).toEqual({
      port: 8_000,
      host: '127.0.0.1',
      statusDirectory: '/tmp/status',
    });
  });

  test('takes every value after a space or an equals sign', () => {
    const joined = [
      '--bind=0.0.0.0',
      '--gateway-port=1',
      '--status-dir=/s',
      '--verbose',
      '--subnet=application',
    ];
    const spaced = ['--bind', '0.0.0.0', '--gateway-port', '1', '--status-dir', '/s', '--verbose'];
    expect(parseLauncherCommand(joined)).toEqual(parseLauncherCommand(spaced));
  });

  test('without a port means any free one', () => {
    expect(parseLauncherCommand(['--status-dir=/s']).port).toBe(0);
  });

  test.each([
    ['--nns'],
    ['--ii'],
    ['--artificial-delay-ms=100'],
    ['--bitcoind-addr=127.0.0.1:18444'],
    ['--dogecoind-addr=127.0.0.1:1'],
    ['--subnet=nns'],
    ['--subnet=application', '--subnet=application'],
  ])('refuses %s, which this network does not offer', (...flags) => {
    const error = refusal('--status-dir=/s', ...flags);
    expect(error.code).toBe('UNSUPPORTED_FLAG');
    expect(error.message).toContain(flags.join().split('=')[0]);
    expect(error.message).toContain('icp.yaml');
  });

  test('refuses what it does not know, a port that is none, another interface, and no status directory', () => {
    expect(refusal('--status-dir=/s', '--colour').code).toBe('UNKNOWN_FLAG');
    expect(refusal('--status-dir=/s', '--gateway-port=65536').code).toBe('INVALID_VALUE');
    expect(refusal('--status-dir=/s', '--interface-version=2.0.0').code).toBe('INVALID_VALUE');
    expect(refusal().code).toBe('MISSING_FLAG');
  });
});
