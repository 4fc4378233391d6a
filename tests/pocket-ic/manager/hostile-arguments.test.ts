import { beforeAll, describe, expect, test } from 'vitest';
import { bombs } from '../../manager/support/candid-bombs.ts';
import type { PicManager } from '../../support/pocket-ic-manager.ts';
import { managersOfThisFile } from '../../support/pocket-ic-managers.ts';
import { toPic } from '../../support/pocket-ic-types.ts';

const createManager = managersOfThisFile();
let manager: PicManager;

beforeAll(async () => {
  manager = await createManager({ activate: false });
});

function callWith(method: string, arg: Uint8Array): Parameters<PicManager['pic']['updateCall']>[0] {
  return { canisterId: toPic(manager.managerId), sender: toPic(manager.newUser()), method, arg };
}

describe.each(Object.entries(bombs))('%s, small and long to decode,', (_, arg) => {
  test.each(['createGreeter', 'cancelJob'])(
    'costs the Manager nothing as an argument of %s',
    async (method) => {
      const before = await manager.cycles();
      await expect(manager.pic.updateCall(callWith(method, arg))).rejects.toThrow(
        'Error code: CanisterRejectedMessage. Certified: false',
      );
      expect(await manager.cycles()).toBe(before);
    },
  );

  test('is refused by its types alone as an argument of getJobEvents', async () => {
    await expect(manager.pic.queryCall(callWith('getJobEvents', arg))).rejects.toThrow(
      'must be Candid of the documented types, with no',
    );
  });
});
