import type { PocketIcServer } from '@dfinity/pic';
import { afterAll, beforeAll } from 'vitest';
import { PicManager, type PicManagerOptions } from './pocket-ic-manager.ts';
import { startPocketIcForCanisters } from './pocket-ic-server.ts';

/**
 * For the head of a test file: one PocketIC server, which is stopped after the file's last test, with the Managers that
 * the returned function creates. Each has an instance of its own.
 */
export function managersOfThisFile(): (options?: PicManagerOptions) => Promise<PicManager> {
  let server: PocketIcServer;
  const managers: PicManager[] = [];

  beforeAll(async () => {
    server = await startPocketIcForCanisters();
  });

  afterAll(async () => {
    for (const { pic } of managers) await pic.tearDown();
    await server.stop();
  });

  return async (options) => {
    const manager = await PicManager.create(server.getUrl(), options);
    managers.push(manager);
    return manager;
  };
}
