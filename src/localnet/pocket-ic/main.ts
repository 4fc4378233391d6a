import { writeFileSync } from 'node:fs';
import { parseCommandLine } from './command-line.ts';
import { startPocketIcServer } from './server.ts';

/*
 * The program behind bin/pocket-ic. Standard output gets what the server says about itself, standard error what
 * canisters print, as with the original.
 */

const { portFile, port, host, ttlSeconds } = parseCommandLine(process.argv.slice(2));
// A client trusts whatever is in the file: one that is left over from a killed server would send it nowhere.
if (portFile !== undefined) writeFileSync(portFile, '');

const millisecondsPerSecond = 1_000;
/** The longest time a timer can wait, 24 days. */
const longestTimeoutMs = 2 ** 31 - 1;
let lastAnswerAt = Date.now();

const server = await startPocketIcServer({
  port,
  host,
  writeLog: (line) => process.stderr.write(`${line}\n`),
  onAnswered: () => {
    lastAnswerAt = Date.now();
  },
});

// In one go: clients read the file while it is being written.
if (portFile !== undefined) writeFileSync(portFile, `${server.port}\n`);
process.stdout.write(`The PocketIC server is listening on port ${server.port}.\n`);

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop);
expectRequests();

/** Ends the server when nothing has been asked of it for its time to live. */
function expectRequests(): void {
  const endsAt = lastAnswerAt + ttlSeconds * millisecondsPerSecond;
  const remainingMs = endsAt - Date.now();
  if (remainingMs <= 0 && server.openRequests() === 0) {
    stop();
    return;
  }
  const waitMs = Math.min(Math.max(remainingMs, millisecondsPerSecond), longestTimeoutMs);
  setTimeout(expectRequests, waitMs).unref();
}

function stop(): void {
  void server.close().then(() => process.exit(0));
}
