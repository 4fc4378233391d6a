import { expect, test } from 'vitest';
import { Certificates } from '../../../src/localnet/http/certificates.ts';
import { program } from '../support/program.ts';
import { TestNetwork, user } from '../support/test-network.ts';
import { keys } from './support/test-api.ts';

test('a certificate is given out again while it holds, but large ones are not kept', () => {
  const net = new TestNetwork();
  const canisterId = net.canister();
  const certificates = new Certificates(net.network, keys);
  const certified = (number: number, reply: string) => {
    const requestId = new Uint8Array(32).fill(number);
    net.network.submitUpdate({
      sender: user,
      canisterId,
      method: 'run',
      arg: program().reply(reply).bytes,
      requestId,
    });
    net.network.run();
    const path = [new TextEncoder().encode('request_status'), requestId];
    return [certificates.certify([path]), certificates.certify([path])] as const;
  };
  const small = certified(1, 'small');
  expect(small[0]).toBe(small[1]);
  const large = certified(2, 'x'.repeat(100_000));
  expect(large[0].length).toBeGreaterThan(100_000);
  expect(large[0]).not.toBe(large[1]);
  expect(large[0]).toEqual(large[1]);
});
