import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { IDL } from '@dfinity/candid';
import type { Principal } from '@dfinity/principal';
import { describe, expect, test } from 'vitest';
import { TestNetwork, user } from './support/test-network.ts';

const module = readFileSync('.canisters/greeter/greeter.wasm.gz');
const initArgument = new Uint8Array(
  IDL.encode(
    [IDL.Record({ owner: IDL.Principal, greeting: IDL.Opt(IDL.Text) })],
    [{ owner: user, greeting: [] }],
  ),
);
const gibibyte = 1_073_741_824;

function greeter(net: TestNetwork): Principal {
  const id = net.management.createCanister();
  net.management.installCode(id, { module, arg: initArgument });
  return id;
}

function greet(net: TestNetwork, canisterId: Principal): string {
  const arg = new Uint8Array(IDL.encode([IDL.Text], ['Alice']));
  const reply = net.network.query({ sender: user, canisterId, method: 'greet', arg });
  const [text] = IDL.decode([IDL.Text], reply) as unknown as [string];
  return text;
}

function setGreeting(net: TestNetwork, canisterId: Principal, greeting: string): void {
  const arg = new Uint8Array(IDL.encode([IDL.Text], [greeting]));
  net.network.update({ sender: user, canisterId, method: 'setGreeting', arg });
}

describe('canisters that azle built', () => {
  test('keep what stable maps hold over an upgrade, and what a checkpoint holds over anything', () => {
    const net = new TestNetwork();
    const id = greeter(net);
    setGreeting(net, id, 'Salut');
    const checkpoint = net.network.checkpoint();
    setGreeting(net, id, 'Hej');
    net.management.installCode(id, { mode: 'upgrade', module, arg: initArgument });
    expect(greet(net, id)).toBe('Hej, Alice!');
    net.network.restore(checkpoint);
    expect(greet(net, id)).toBe('Salut, Alice!');
  });

  test('trap with their own words, and a failed installation leaves nothing', () => {
    const net = new TestNetwork();
    const id = net.management.createCanister();
    const rejection = net.rejection(() => {
      net.management.installCode(id, { module, arg: new Uint8Array([1]) });
    });
    expect(rejection.errorCode).toBe('IC0503');
    expect(rejection.rejectMessage).toMatch(/Canister called `ic0.trap` with message: '.+'/s);
    expect(net.network.canister(id)).toMatchObject({ moduleHash: undefined, version: 0n });
  });

  test('live by the hundred in less than a gibibyte', () => {
    const script = 'tests/localnet/support/hundred-greeters.ts';
    const output = execFileSync(process.execPath, ['--import', 'tsx', script], { encoding: 'utf8' });
    const measured = JSON.parse(output) as { answers: number; last: string; peakBytes: number };
    expect(measured).toMatchObject({ answers: 100, last: 'Hello 99, Alice!' });
    expect(measured.peakBytes).toBeLessThan(gibibyte);
  });
});
