import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/index.ts';

async function run(
  args: string[],
  canistersDirectory?: string,
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const output = { stdout: '', stderr: '' };
  const exitCode = await runCli(args, {
    stdout: { write: (text) => (output.stdout += text) },
    stderr: { write: (text) => (output.stderr += text) },
    variables: {},
    ...(canistersDirectory === undefined ? {} : { canistersDirectory }),
  });
  return { exitCode, ...output };
}

describe('the command line', () => {
  it.each([['--help'], ['-h'], ['help'], ['demo', '--help']])(
    'explains itself with %s %s',
    async (...args) => {
      const { exitCode, stdout, stderr } = await run(args);
      expect(exitCode).toBe(0);
      expect(stdout).toContain('Usage: ');
      expect(stdout).toContain('demo ');
      expect(stderr).toBe('');
    },
  );

  it.each([
    [[], 'No command was given.'],
    [['dmeo'], 'There is no command "dmeo".'],
    [['demo', 'Bob'], '"demo" takes no arguments, but got "Bob".'],
  ])('refuses %j with exit code 2, and says what there is', async (args, problem) => {
    const { exitCode, stdout, stderr } = await run(args);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toBe(
      `\nFailed: ${problem} (cli.usage)\nThe commands are: demo. See "npm run saga -- --help".\n`,
    );
  });
});

describe('the demo, when it cannot succeed', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'canisters-'));
    mkdirSync(join(directory, 'manager'));
    mkdirSync(join(directory, 'greeter'));
  });
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  it('says that the canisters are not built, and exits with 1', async () => {
    const { exitCode, stderr } = await run(['demo'], join(directory, 'nowhere'));
    expect(exitCode).toBe(1);
    expect(stderr).toContain('manager.wasm.gz cannot be read: the canisters are not built. (cli.not-built)');
    expect(stderr).toContain('Run "npm run build"');
  });

  it('shows the stack of a failure that nobody foresaw, and exits with 1', async () => {
    writeFileSync(join(directory, 'manager/manager.wasm.gz'), gzipSync('this is not Wasm'));
    const { exitCode, stderr } = await run(['demo'], directory);
    expect(stderr).toContain('Failed unexpectedly: CallRejectedError: ');
    expect(stderr).toContain('please report it');
    expect(exitCode).toBe(1);
  });
});
