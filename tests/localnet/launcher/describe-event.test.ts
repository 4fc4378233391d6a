import { describe, expect, test } from 'vitest';
import { describeEvent } from '../../../src/localnet/launcher/describe-event.ts';
import { outcallProgram } from '../http-outcalls/outcall-network.ts';
import { program } from '../support/program.ts';
import { TestNetwork, user } from '../support/test-network.ts';

/** The log of what a program does. */
function logOf(run: (net: TestNetwork) => void): string {
  const net = new TestNetwork();
  run(net);
  return net.events.flatMap((event) => describeEvent(event) ?? []).join('\n');
}

describe('the log of a network', () => {
  test('shows a call with caller, method, instructions and cycles', () => {
    const log = logOf((net) => {
      net.run(net.canister(), program().reply('yes'));
    });
    expect(log).toMatch(
      new RegExp(`update +\\S+-cai run by ${user.toText()}: [\\d_]+ instructions, 5_[\\d_]+ cycles`),
    );
    expect(log).toMatch(/management +aaaaa-aa install_code/);
  });

  test('shows calls between canisters with the attached cycles, and what canisters print', () => {
    const log = logOf((net) => {
      const [caller, callee] = [net.canister(), net.canister()];
      const arg = program().print('good morning').reply();
      net.run(caller, program().call({ to: callee, arg, cycles: 12_345n, onReply: program().reply() }));
    });
    expect(log).toMatch(/call +\S+-cai calls \S+-cai run, 12_345 cycles attached/);
    expect(log).toMatch(/output +\S+-cai \| good morning/);
    expect(log).toMatch(/reply +\S+-cai run: /);
  });

  test('shows traps and rejections with their texts', () => {
    const log = logOf((net) => {
      const canister = net.canister();
      net.submit(canister, program().trap('no way'));
      net.submit(canister, program().reject('not today'));
      net.network.run();
    });
    expect(log).toMatch(/trapped +IC0503: .*no way/);
    expect(log).toMatch(/reject +IC0406: not today/);
  });

  test('shows HTTP outcalls, and what became of them', () => {
    const log = logOf((net) => {
      net.run(net.canister(), outcallProgram({ url: 'https://example.com/path' }));
    });
    expect(log).toMatch(/outcall +\S+-cai asks GET https:\/\/example\.com\/path \(0\)/);
    expect(log).toMatch(/outcall +0 is answered: reject code 2: Canister http request timed out/);
  });

  test('shows that a canister stopped', () => {
    const log = logOf((net) => {
      net.management.stopCanister(net.canister());
    });
    expect(log).toMatch(/stopped +\S+-cai/);
  });
});
