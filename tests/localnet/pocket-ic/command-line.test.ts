import { describe, expect, test } from 'vitest';
import { parseCommandLine } from '../../../src/localnet/pocket-ic/command-line.ts';

describe('the command line of the server', () => {
  test('has a default for everything', () => {
    expect(parseCommandLine([])).toEqual({
      portFile: undefined,
      port: 0,
      host: '127.0.0.1',
      ttlSeconds: 60,
    });
  });

  test('says where to listen, where to write the port, and for how long', () => {
    const args = ['--port-file', '/tmp/port', '--port=8000', '--ip-addr', '0.0.0.0', '--ttl', '7'];
    expect(parseCommandLine(args)).toEqual({
      portFile: '/tmp/port',
      port: 8000,
      host: '0.0.0.0',
      ttlSeconds: 7,
    });
  });

  test('may have flags that only the original knows', () => {
    const args = ['--log-levels', 'error', '--unknown', '--pid', '5', '--port', '80', '-x'];
    expect(parseCommandLine(args).port).toBe(80);
  });

  test.each(['65536', '-1', 'http', '1.5', ''])('refuses the port "%s"', (port) => {
    expect(() => parseCommandLine([`--port=${port}`])).toThrow(/--port takes a whole number from 0 to 65535/);
  });
});
