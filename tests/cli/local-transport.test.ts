import { Principal } from '@dfinity/principal';
import { describe, expect, it } from 'vitest';
import { localTransport } from '../../src/cli/local-transport.ts';
import { CallRejectedError } from '../../src/client/index.ts';
import { LocalNetwork } from '../../src/localnet/index.ts';

const nobody = Principal.fromText('uxrrr-q7777-77774-qaaaq-cai');

describe('the transport to an embedded network', () => {
  it.each(['update', 'query'] as const)(
    "turns the network's rejects of %s calls into the client's",
    async (mode) => {
      const transport = localTransport(new LocalNetwork(), Principal.anonymous());
      const call = transport[mode](nobody, 'greet', new Uint8Array());
      await expect(call).rejects.toThrow(CallRejectedError);
      await expect(call).rejects.toMatchObject({
        code: 'client.call-rejected',
        rejectCode: 3,
        errorCode: 'IC0301',
        rejectMessage: `Canister ${nobody.toText()} not found.`,
      });
    },
  );

  it('rejects with any other failure as it is', async () => {
    const failure = new TypeError('broken');
    const broken = {
      update: () => {
        throw failure;
      },
    } as unknown as LocalNetwork;
    const call = localTransport(broken, Principal.anonymous()).update(nobody, 'greet', new Uint8Array());
    await expect(call).rejects.toBe(failure);
  });
});
