import {
  CanisterCyclesCostSchedule,
  IcpConfigFlag,
  IcpFeaturesConfig,
  PocketIc,
  SubnetStateType,
} from '@dfinity/pic';
import { Principal } from '@dfinity/principal';
import { describe, expect, test, vi } from 'vitest';
import { type PicOptions, toPic } from '../../support/pocket-ic-types.ts';
import { program } from '../support/program.ts';
import { picNetwork } from './pic-network.ts';

const net = picNetwork();
const fresh = { state: { type: SubnetStateType.New } } as const;
const application = [fresh];

describe('an instance', () => {
  test('has one application subnet, of 2^20 canisters', async () => {
    const topology = await net.pic.getTopology();
    expect(topology).toHaveLength(1);
    expect(await net.pic.getApplicationSubnets()).toEqual(topology);
    expect(topology[0]).toMatchObject({ type: 'Application', size: 13 });
    const [range] = topology[0]?.canisterRanges ?? [];
    expect(range?.start.toText()).toBe((await net.pic.getDefaultEffectiveCanisterId()).toText());
    for (const subnet of [
      await net.pic.getBitcoinSubnet(),
      await net.pic.getFiduciarySubnet(),
      await net.pic.getInternetIdentitySubnet(),
      await net.pic.getNnsSubnet(),
      await net.pic.getSnsSubnet(),
    ]) {
      expect(subnet).toBeUndefined();
    }
    expect(await net.pic.getSystemSubnets()).toEqual([]);
  });

  test('has a public key of which the subnet’s id is made', async () => {
    const [subnet] = await net.pic.getApplicationSubnets();
    if (subnet === undefined) throw new Error('There is no subnet.');
    const key = Uint8Array.from(await net.pic.getPubKey(subnet.id));
    expect(Principal.selfAuthenticating(key).toText()).toBe(subnet.id.toText());
    await expect(net.pic.getPubKey(toPic(Principal.anonymous()))).rejects.toThrow(
      'SubnetNotFound(2vxsx-fae)',
    );
  });

  test('may have limits as for benchmarks', async () => {
    const options = { application: [{ ...fresh, enableBenchmarkingInstructionLimits: true }] };
    const pic = await PocketIc.create(net.server.getUrl(), options);
    expect(await pic.getApplicationSubnets()).toHaveLength(1);
    await pic.tearDown();
  });

  const outOfScope: [string, PicOptions][] = [
    ['two application subnets', { application: [fresh, fresh] }],
    ['an NNS subnet', { application, nns: fresh }],
    [
      'an NNS subnet with a state',
      { application, nns: { state: { type: SubnetStateType.FromPath, path: '/' } } },
    ],
    ['an SNS subnet', { application, sns: fresh }],
    ['an Internet Identity subnet', { application, ii: fresh }],
    ['a fiduciary subnet', { application, fiduciary: fresh }],
    ['a bitcoin subnet', { application, bitcoin: fresh }],
    ['a system subnet', { application, system: [fresh] }],
    ['no application subnet', { application: [], system: [fresh] }],
    ['a verified application subnet', { application, verifiedApplication: [fresh] }],
    [
      'a subnet without costs',
      { application: [{ ...fresh, costSchedule: CanisterCyclesCostSchedule.Free }] },
    ],
    ['the registry', { application, icpFeatures: { registry: IcpFeaturesConfig.DefaultConfig } }],
    ['no limits of names', { application, icpConfig: { functionNameLengthLimits: IcpConfigFlag.Disabled } }],
    ['unchecked ingress', { application, disableIngressValidation: true }],
  ];

  test.each(outOfScope)('with %s is refused in clear words', async (_, options) => {
    const silenced = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    await expect(PocketIc.create(net.server.getUrl(), options)).rejects.toThrow(/^NotSupported\(.+\.\)$/);
    silenced.mockRestore();
  });

  test('is one of many, which do not know of each other', async () => {
    const others = await Promise.all(Array.from({ length: 20 }, () => PocketIc.create(net.server.getUrl())));
    const ids = await Promise.all(others.map((pic) => pic.createCanister()));
    expect(new Set(ids.map(String)).size).toBe(1);
    await expect(net.pic.getControllers(ids[0] ?? toPic(Principal.anonymous()))).rejects.toThrow(
      /CanisterNotFound/,
    );
    await Promise.all(others.map((pic) => pic.tearDown()));
  });

  test('serves requests that come at the same time', async () => {
    const id = await net.canister();
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        index % 2 === 0
          ? net.run(id, program().addToHeap(1n).reply())
          : net.look(id, program().reply('look')),
      ),
    );
    expect(answers).toHaveLength(50);
    expect(await net.lookNumber(id, program().appendNumber('heapCounter').reply())).toBe(25n);
  });
});
