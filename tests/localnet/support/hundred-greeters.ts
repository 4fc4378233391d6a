// A process of its own, so that what it measures is the network's memory and not that of other tests.
import { readFileSync } from 'node:fs';
import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';
import { LocalNetwork, managementClient } from '../../../src/localnet/index.ts';

const sender = Principal.selfAuthenticating(new Uint8Array([1]));
const network = new LocalNetwork();
const management = managementClient(network, sender);
const module = readFileSync('.canisters/greeter/greeter.wasm.gz');
const Init = IDL.Record({ owner: IDL.Principal, greeting: IDL.Opt(IDL.Text) });

const canisterIds = Array.from({ length: 100 }, (_, index) => {
  const id = management.createCanister();
  management.installCode(id, {
    module,
    arg: IDL.encode([Init], [{ owner: sender, greeting: [`Hello ${index}`] }]),
  });
  return id;
});
const answers = canisterIds.map((canisterId) => {
  const arg = IDL.encode([IDL.Text], ['Alice']);
  return IDL.decode([IDL.Text], network.query({ sender, canisterId, method: 'greet', arg }))[0];
});
const peakBytes = process.resourceUsage().maxRSS * 1024;
console.log(JSON.stringify({ answers: new Set(answers).size, last: answers.at(-1), peakBytes }));
