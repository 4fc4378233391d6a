import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LocalNetwork, managementClient, type ManagementClient } from '../../src/localnet/index.ts';

const greeterModule = (): Uint8Array =>
  readFileSync(join(import.meta.dirname, '../../.canisters/greeter/greeter.wasm.gz'));

/** A user of the network, told apart by a number. */
export const userNumber = (number: number): Principal =>
  Principal.selfAuthenticating(new Uint8Array(32).fill(number));

const InitArgument = IDL.Record({ owner: IDL.Principal, greeting: IDL.Opt(IDL.Text) });

export function initArgument(owner: Principal): Uint8Array {
  return IDL.encode([InitArgument], [{ owner, greeting: [] }]);
}

/** A Greeter on a network of its own, controlled by somebody who is not its owner. */
export class GreeterFixture {
  /** What the last message executed on the network cost. */
  lastInstructions = 0n;
  readonly network = new LocalNetwork({
    onEvent: (event) => {
      if (event.event === 'step') this.lastInstructions = event.instructions;
    },
  });
  readonly management: ManagementClient = managementClient(this.network, userNumber(100));
  readonly canisterId = this.management.createCanister();

  install(arg: Uint8Array): void {
    this.management.installCode(this.canisterId, { module: greeterModule(), arg });
  }

  query(method: string, arg: Uint8Array): Uint8Array {
    return this.network.query({ sender: userNumber(9), canisterId: this.canisterId, method, arg });
  }

  update(sender: Principal, method: string, arg: Uint8Array): Uint8Array {
    return this.network.update({ sender, canisterId: this.canisterId, method, arg });
  }
}
