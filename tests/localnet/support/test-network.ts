import { thrownBy } from '../../support/thrown-by.ts';
import { Principal } from '@dfinity/principal';
import {
  CallRejectedError,
  LocalNetwork,
  type LocalNetworkOptions,
  managementClient,
  type NetworkEvent,
} from '../../../src/localnet/index.ts';
import type { Program } from './program.ts';
import { programmableCanister, type ProgrammableOptions } from './programmable-canister.ts';

export const user = Principal.selfAuthenticating(new Uint8Array([1, 2, 3]));

/** A network with programmable canisters, whose cycles are recounted after every step. */
export class TestNetwork {
  readonly events: NetworkEvent[] = [];
  readonly network: LocalNetwork;
  readonly management;
  /** Its calls are delivered before everything that waits. */
  readonly managementAhead;

  constructor(options: LocalNetworkOptions = {}) {
    this.network = new LocalNetwork({
      recountCycles: true,
      ...options,
      onEvent: (event) => {
        this.events.push(event);
        options.onEvent?.(event);
      },
    });
    this.management = managementClient(this.network, user);
    this.managementAhead = managementClient({ update: (call) => this.network.updateAhead(call) }, user);
  }

  /** A running programmable canister, whose init program is empty unless given. */
  canister(
    options: ProgrammableOptions & { readonly cycles?: bigint; readonly init?: Program } = {},
  ): Principal {
    const { cycles, init, ...moduleOptions } = options;
    const id = this.management.createCanister(cycles === undefined ? {} : { cycles });
    const module = programmableCanister(moduleOptions);
    this.management.installCode(id, { module, arg: init?.bytes ?? new Uint8Array() });
    return id;
  }

  submit(canisterId: Principal, program: Program): number {
    return this.network.submitUpdate({ sender: user, canisterId, method: 'run', arg: program.bytes });
  }

  run(canisterId: Principal, program: Program): Uint8Array {
    return this.network.update({ sender: user, canisterId, method: 'run', arg: program.bytes });
  }

  runText(canisterId: Principal, program: Program): string {
    return new TextDecoder().decode(this.run(canisterId, program));
  }

  runNumbers(canisterId: Principal, program: Program): bigint[] {
    return numbersIn(this.run(canisterId, program));
  }

  look(canisterId: Principal, program: Program): Uint8Array {
    return this.network.query({ sender: user, canisterId, method: 'look', arg: program.bytes });
  }

  /** Runs a program as a composite query. */
  compose(canisterId: Principal, program: Program, dataCertificate?: Uint8Array): Uint8Array {
    const call = { sender: user, canisterId, method: 'compose', arg: program.bytes };
    return this.network.query(
      dataCertificate === undefined ? call : { ...call, dataCertificate: () => dataCertificate },
    );
  }

  composeText(canisterId: Principal, program: Program): string {
    return new TextDecoder().decode(this.compose(canisterId, program));
  }

  composeNumbers(canisterId: Principal, program: Program): bigint[] {
    return numbersIn(this.compose(canisterId, program));
  }

  lookNumbers(canisterId: Principal, program: Program): bigint[] {
    return numbersIn(this.look(canisterId, program));
  }

  /** The rejection of something that must be rejected. */
  rejection(attempt: () => unknown): CallRejectedError {
    return thrownBy(CallRejectedError, attempt);
  }
}

/** Numbers that a program appended to its reply. */
function numbersIn(bytes: Uint8Array): bigint[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / 8 }, (_, index) => view.getBigUint64(index * 8, true));
}
