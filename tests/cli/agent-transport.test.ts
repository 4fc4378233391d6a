import { HttpAgent } from '@icp-sdk/core/agent';
import { Ed25519KeyIdentity } from '@icp-sdk/core/identity';
import { Principal } from '@dfinity/principal';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agentTransport } from '../../src/cli/agent-transport.ts';
import { CallRejectedError, greeterClient, managementClient } from '../../src/client/index.ts';
import { serveNetwork, type ServedNetwork } from '../../src/localnet/serve/index.ts';
import { tinyGreeterModule } from '../support/tiny-greeter.ts';

const nobody = Principal.fromText('uxrrr-q7777-77774-qaaaq-cai');
const noArgument = Uint8Array.from(Buffer.from('DIDL\0\0'));

describe('the transport through an agent', () => {
  let served: ServedNetwork;
  beforeAll(async () => {
    served = await serveNetwork();
  });
  afterAll(async () => {
    await served.close();
  });

  const connect = async (rootKey: Uint8Array) =>
    agentTransport(
      await HttpAgent.create({
        host: served.url,
        rootKey,
        identity: Ed25519KeyIdentity.generate(),
        retryTimes: 0,
      }),
    );

  it.each(['update', 'query'] as const)(
    "turns the network's rejects of %s calls into the client's",
    async (mode) => {
      const transport = await connect(served.rootKeyDer);
      // A canister that exists and is empty: every id of the network may also be one that does not exist.
      const created = await managementClient(
        transport,
        served.live.network.canisterRange.first,
      ).provisional_create_canister_with_cycles({ amount: [], settings: [] });
      const call = transport[mode](created.canister_id, 'greet', noArgument);
      await expect(call).rejects.toThrow(CallRejectedError);
      await expect(call).rejects.toMatchObject({ rejectCode: 5, errorCode: 'IC0537' });
    },
  );

  it('reaches a canister and the management canister, as its identity', async () => {
    const transport = await connect(served.rootKeyDer);
    const management = managementClient(transport, served.live.network.canisterRange.first);
    const { canister_id: id } = await management.provisional_create_canister_with_cycles({
      amount: [5_000_000_000_000n],
      settings: [],
    });
    const aboutIt = managementClient(transport, id);
    await aboutIt.install_code({
      mode: { install: null },
      canister_id: id,
      wasm_module: tinyGreeterModule(),
      arg: noArgument,
    });
    expect(await greeterClient(transport, id).greet('Ada')).toBe('Hello, Ada!');
    const status = await aboutIt.canister_status({ canister_id: id });
    expect(status.status).toEqual({ running: null });
    // Another identity is no controller.
    const stranger = managementClient(await connect(served.rootKeyDer), id);
    await expect(stranger.canister_status({ canister_id: id })).rejects.toMatchObject({
      errorCode: 'IC0512',
    });
  });

  it('believes nothing that is certified by another key', async () => {
    const forged = served.rootKeyDer.slice();
    forged[60] = (forged[60] ?? 0) ^ 1;
    const transport = await connect(forged);
    const call = transport.update(nobody, 'greet', noArgument);
    await expect(call).rejects.not.toBeInstanceOf(CallRejectedError);
  });
});
