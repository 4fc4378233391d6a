import { describe, expect, test } from 'vitest';
import { CommandLineError } from '../../../src/localnet/launcher/command-line-error.ts';
import { networkHelp, parseNetworkCommand } from '../../../src/localnet/launcher/network-command-line.ts';
import { thrownBy } from '../../support/thrown-by.ts';

describe('npm run network', () => {
  test('needs no options', () => {
    expect(parseNetworkCommand([])).toEqual({
      port: 4_943,
      stateDirectory: undefined,
      seed: undefined,
      httpOutcalls: true,
      help: false,
    });
  });

  test('takes a port, a state directory and a seed', () => {
    expect(parseNetworkCommand(['--port', '0', '--state-dir=here', '--seed', '7'])).toMatchObject({
      port: 0,
      stateDirectory: 'here',
      seed: 7,
    });
  });

  test('may be told to make no HTTP requests', () => {
    expect(parseNetworkCommand(['--no-http-outcalls'])).toMatchObject({ httpOutcalls: false });
  });

  test('refuses what it does not understand', () => {
    const code = (...args: string[]) => thrownBy(CommandLineError, () => parseNetworkCommand(args)).code;
    expect(code('--prot', '1')).toBe('UNKNOWN_FLAG');
    expect(code('here')).toBe('UNKNOWN_FLAG');
    expect(code('--port', 'eighty')).toBe('INVALID_VALUE');
    expect(code('--seed', '4294967296')).toBe('INVALID_VALUE');
  });

  test('explains every option it takes', () => {
    for (const flag of ['--port', '--state-dir', '--seed', '--no-http-outcalls', '--help']) {
      expect(networkHelp).toContain(flag);
    }
  });
});
