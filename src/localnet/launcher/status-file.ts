import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a launcher tells icp-cli once the network is ready. */
export interface LauncherStatus {
  readonly port: number;
  readonly rootKeyDer: Uint8Array;
  /** Text of an id of the network's own range. */
  readonly defaultEffectiveCanisterId: string;
  readonly supportedFeatures: readonly string[];
}

/**
 * Writes `status.json`. Its one line ends with a newline, which is how the reader knows that it is complete; it appears
 * under its name only when it is. Source: icp-cli 1.5.0 `crates/icp/src/network/managed/launcher.rs`.
 */
export function writeStatusFile(directory: string, status: LauncherStatus): void {
  const content = {
    v: '1',
    gateway_port: status.port,
    root_key: Buffer.from(status.rootKeyDer).toString('hex'),
    default_effective_canister_id: status.defaultEffectiveCanisterId,
    supported_features: status.supportedFeatures,
  };
  mkdirSync(directory, { recursive: true });
  const unfinished = join(directory, 'status.json.unfinished');
  writeFileSync(unfinished, `${JSON.stringify(content)}\n`);
  renameSync(unfinished, join(directory, 'status.json'));
}
