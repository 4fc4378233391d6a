import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PocketIcServer, type StartServerOptions } from '@dfinity/pic';

/** This repository's server, which stands in for the original one. */
export const ownServerPath = resolve(import.meta.dirname, '../../bin/pocket-ic');

/**
 * Starts a server as the client does it: as a process that writes its port into a file.
 *
 * @param options `binPath` absent: this repository's server
 */
export async function startPocketIc(options: StartServerOptions = {}): Promise<PocketIcServer> {
  // The client names the file after its parent process, which is the same for all workers of a test run: each gets a
  // folder of its own, or two of them would use one server.
  const before = process.env.TMPDIR;
  const folder = mkdtempSync(join(tmpdir(), 'pocket-ic-'));
  process.env.TMPDIR = folder;
  try {
    return await PocketIcServer.start({ binPath: ownServerPath, ...options });
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    rmSync(folder, { recursive: true });
  }
}

/**
 * The server for tests of our own canisters: the original one where `POCKET_IC_BIN` names it, else this repository's.
 * Says which on standard error.
 */
export async function startPocketIcForCanisters(): Promise<PocketIcServer> {
  const binPath = process.env.POCKET_IC_BIN ?? ownServerPath;
  process.stderr.write(`PocketIC server of these tests: ${binPath}\n`);
  return startPocketIc({ binPath });
}
