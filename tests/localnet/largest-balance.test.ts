import { expect, test } from 'vitest';
import { managementCanisterId } from '../../src/localnet/index.ts';
import { managementSignatures } from '../../src/localnet/management/index.ts';
import { program } from './support/program.ts';
import { TestNetwork } from './support/test-network.ts';

const most = 2n ** 128n - 1n;
const gift = 2n ** 63n;

test('a canister with more cycles than 128 bits can hold sees the most they can, and can be topped up', () => {
  const net = new TestNetwork();
  const [rich, giver] = [net.canister(), net.canister()];
  net.management.topUpCanister(rich, most + 1n);
  net.management.topUpCanister(giver, 2n * gift);
  const deposit = program().call({
    to: managementCanisterId,
    method: 'deposit_cycles',
    arg: managementSignatures.depositCycles.encodeArgument({ canister_id: rich }),
    cycles: gift,
    onReply: program().reply('given'),
  });
  expect(net.runText(giver, deposit)).toBe('given');
  expect(net.network.canister(rich).cycles).toBe(most + gift);
  const seen = net.run(rich, program().appendCycles('canister_cycle_balance128').reply());
  expect(Buffer.from(seen).toString('hex')).toBe('ff'.repeat(16));
  const before = net.network.canister(rich).cycles;
  net.management.topUpCanister(rich, 1n);
  expect(before - net.network.canister(rich).cycles).toBeGreaterThanOrEqual(0n);
  net.network.checkCycles();
});
