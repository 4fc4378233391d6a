import type { CliEnvironment } from './run-cli.ts';

/** The streams and variables of this process. */
export function processEnvironment(): CliEnvironment {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // Whoever reads our output may have enough, as `head` has; that is no failure.
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
  return { stdout: process.stdout, stderr: process.stderr, variables: process.env };
}
