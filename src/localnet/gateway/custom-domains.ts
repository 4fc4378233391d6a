import { readFileSync, statSync } from 'node:fs';
import { Principal } from '@dfinity/principal';

/**
 * A file that gives canisters names: one `host:principal` per line, as icp-cli writes it. It is looked at before every
 * request and read again when it changed; while there is none, there are no names.
 */
export class CustomDomains {
  #version = '';
  #canisterIds: ReadonlyMap<string, Principal> = new Map();

  /** @param path of the file; it need not exist yet */
  constructor(private readonly path: string) {}

  /** @param host in lower case, without port */
  canisterOf(host: string): Principal | undefined {
    this.#refresh();
    return this.#canisterIds.get(host);
  }

  #refresh(): void {
    const version = versionOf(this.path);
    if (version === this.#version) return;
    try {
      this.#canisterIds = readLines(version === 'absent' ? '' : readFileSync(this.path, 'utf8'));
      this.#version = version;
    } catch {
      // Gone between the two looks, or being replaced: the next request looks again.
    }
  }
}

function versionOf(path: string): string {
  try {
    const { ino, size, mtimeMs } = statSync(path);
    return `${ino} ${size} ${mtimeMs}`;
  } catch {
    // Not there, or not within reach: a directory on its way is a file, or may not be entered.
    return 'absent';
  }
}

/** Lines that name no principal are left out: half-written files are read again soon. */
function readLines(text: string): Map<string, Principal> {
  const canisterIds = new Map<string, Principal>();
  for (const line of text.split('\n')) {
    const [, host, id] = /^\s*(\S+):([a-z0-9-]+)\s*$/.exec(line) ?? [];
    const canisterId = id === undefined ? undefined : principalOf(id);
    if (host !== undefined && canisterId !== undefined) canisterIds.set(host.toLowerCase(), canisterId);
  }
  return canisterIds;
}

/** @returns undefined when the text is no principal's */
export function principalOf(text: string): Principal | undefined {
  try {
    return Principal.fromText(text);
  } catch {
    return undefined;
  }
}
