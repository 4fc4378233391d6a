/** What a program needs of its process. */
export interface ProgramProcess {
  once(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  exit(code: number): void;
}

/** Exit code of a command line that cannot be followed, as is customary. */
export const usageExitCode = 2;

/** Closes the network when the process is asked to end, and ends it. */
export function closeOnSignal(process: ProgramProcess, network: { close(): Promise<void> }): void {
  let closing = false;
  const close = (): void => {
    if (closing) return;
    closing = true;
    network.close().then(
      () => {
        process.exit(0);
      },
      () => {
        process.exit(1);
      },
    );
  };
  process.once('SIGINT', close);
  process.once('SIGTERM', close);
}
