import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { icpBinary } from './icp-binary.ts';

const launcher = resolve(import.meta.dirname, '../../../bin/icp-network-launcher');

/** A network of icp-cli's own, which it starts with our launcher. */
export const managedNetwork = `networks:
  - name: local
    mode: managed
    gateway:
      port: 0
`;

/** A network that runs already; \`-e served\` uses it. */
export function connectedNetwork(url: string, rootKeyDer: Uint8Array): string {
  return `networks:
  - name: served
    mode: connected
    url: ${url}
    root-key: ${Buffer.from(rootKeyDer).toString('hex')}
environments:
  - name: served
    network: served
`;
}

/** What a run of icp printed. */
export interface Printed {
  readonly stdout: string;
  readonly stderr: string;
}

/** A directory with an icp.yaml and a home directory of its own, so that nothing of the user's is touched. */
export class IcpProject {
  readonly directory: string;
  readonly #root: string;

  /** @param icpYaml the project file */
  constructor(icpYaml: string) {
    this.#root = mkdtempSync(join(tmpdir(), 'icp-project-'));
    this.directory = join(this.#root, 'project');
    for (const directory of [this.directory, join(this.#root, 'home')]) mkdirSync(directory);
    this.write('icp.yaml', icpYaml);
  }

  /** Writes a file of the project. @returns its absolute path */
  write(path: string, content: string | Uint8Array): string {
    const file = join(this.directory, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  }

  /** Runs the real icp in the project. @throws Error with all it printed when it fails */
  async icp(...args: string[]): Promise<string> {
    const { stdout, stderr, failed } = await this.tryIcp(...args);
    if (failed) throw new Error(`icp ${args.join(' ')} failed:\n${stdout}\n${stderr}\n${this.networkLog()}`);
    return stdout;
  }

  tryIcp(...args: string[]): Promise<Printed & { readonly failed: boolean }> {
    const home = join(this.#root, 'home');
    const env = {
      PATH: process.env.PATH,
      HOME: home,
      XDG_CONFIG_HOME: join(home, 'config'),
      XDG_DATA_HOME: join(home, 'data'),
      XDG_CACHE_HOME: join(home, 'cache'),
      ICP_CLI_NETWORK_LAUNCHER_PATH: launcher,
      NO_COLOR: '1',
    };
    return new Promise((done) => {
      execFile(icpBinary ?? 'icp', args, { cwd: this.directory, env }, (error, stdout, stderr) => {
        done({ stdout, stderr, failed: error !== null });
      });
    });
  }

  /** Makes a new identity and uses it from now on. @returns its principal */
  async becomeNewIdentity(name: string): Promise<string> {
    await this.icp('identity', 'new', name, '--storage', 'plaintext');
    await this.icp('identity', 'default', name);
    return (await this.icp('identity', 'principal')).trim();
  }

  /** What the network said so far. */
  networkLog(): string {
    const directory = join(this.directory, '.icp/cache/networks/local/network-launcher');
    return ['stdout.log', 'stderr.log'].map((name) => readOr(join(directory, name), '')).join('\n');
  }

  /** Stops the project's network, if it has one, and removes everything. */
  async remove(): Promise<void> {
    await this.tryIcp('network', 'stop');
    rmSync(this.#root, { recursive: true, force: true });
  }
}

function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return otherwise;
  }
}
