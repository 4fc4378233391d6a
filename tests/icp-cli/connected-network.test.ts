import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemCanisters } from '../../src/localnet/builtin/index.ts';
import { SubnetKeys } from '../../src/localnet/certification/index.ts';
import { serveNetwork, type ServedNetwork } from '../../src/localnet/serve/index.ts';
import { skipsWithoutIcp } from './support/icp-binary.ts';
import { connectedNetwork, IcpProject } from './support/icp-project.ts';
import { talkerCanister, talkerModule } from './support/talker.ts';

describe.skipIf(skipsWithoutIcp)('icp with a network that runs already', () => {
  let served: ServedNetwork;
  let project: IcpProject;

  beforeAll(async () => {
    served = await serveNetwork({
      network: { nativeCanisters: systemCanisters(), startTimeNanos: BigInt(Date.now()) * 1_000_000n },
    });
    project = new IcpProject(talkerCanister + connectedNetwork(served.url, served.rootKeyDer));
    project.write('talker.wasm', talkerModule());
  });
  afterAll(async () => {
    await project.remove();
    await served.close();
  });

  test('deploys to it, calls and deploys again, as anybody who owns cycles there', async () => {
    await project.icp('deploy', '-e', 'served');
    const say = () => project.icp('canister', 'call', 'talker', 'say', '()', '-e', 'served');
    expect(await say()).toContain('"hello"');
    await project.icp('deploy', '-e', 'served');
    expect(await say()).toContain('"hello"');
    const heard = await project.icp('canister', 'call', 'talker', 'heard', '()', '--query', '-e', 'served');
    expect(heard).toContain('(2 : nat32)');
    served.live.network.checkCycles();
  });

  test('has cycles only from somebody who has some', async () => {
    const bob = await project.becomeNewIdentity('bob');
    const refused = await project.tryIcp('canister', 'create', '--detached', '-e', 'served');
    expect(refused.stderr).toMatch(/insufficient/i);
    await project.icp('cycles', 'transfer', '5t', bob, '-e', 'served', '--identity', 'anonymous');
    expect(await project.icp('canister', 'create', '--detached', '-e', 'served')).toContain('-cai');
  });

  test('believes nothing that is signed with another root key', async () => {
    const other = new IcpProject(
      connectedNetwork(served.url, new SubnetKeys('another').rootKeyDer) + talkerCanister,
    );
    const { failed, stderr } = await other.tryIcp(
      'cycles',
      'transfer',
      '1t',
      'rrkah-fqaaa-aaaaa-aaaaq-cai',
      '-e',
      'served',
    );
    await other.remove();
    expect(failed).toBe(true);
    expect(stderr).toMatch(/certificate|signature/i);
  });
});
