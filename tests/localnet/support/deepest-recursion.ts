// Prints how deep a canister recursed that has the IC's 5 MiB. A program of its own, because Node must have more.
import { depthArgument, recursiveCanister } from './recursive-canister.ts';
import { TestNetwork, user } from './test-network.ts';

const net = new TestNetwork({ stackBytes: 5 * 1024 * 1024 });
const canisterId = net.management.createCanister();
net.management.installCode(canisterId, { module: recursiveCanister(), arg: new Uint8Array() });
const arg = depthArgument(40_000);
const reply = net.network.update({ sender: user, canisterId, method: 'direct', arg });
console.log(Buffer.from(reply).readUInt32LE());
