import { PocketIc, type PocketIcServer } from '@dfinity/pic';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { startPocketIc } from '../../support/pocket-ic-server.ts';
import { type PicPrincipal } from '../../support/pocket-ic-types.ts';
import { Program } from '../support/program.ts';
import { programmableCanister } from '../support/programmable-canister.ts';

/** The real client, connected to a server process of this file; every test gets an instance of its own. */
export class PicNetwork {
  pic!: PocketIc;
  server!: PocketIcServer;

  /** An instance beside that of the test. */
  instance(): Promise<PocketIc> {
    return PocketIc.create(this.server.getUrl());
  }

  /** A running programmable canister. */
  async canister(init = new Program()): Promise<PicPrincipal> {
    const canisterId = await this.pic.createCanister();
    await this.pic.installCode({ canisterId, wasm: programmableCanister(), arg: init.bytes });
    return canisterId;
  }

  run(canisterId: PicPrincipal, program: Program): Promise<Uint8Array> {
    return this.pic.updateCall({ canisterId, method: 'run', arg: program.bytes });
  }

  look(canisterId: PicPrincipal, program: Program): Promise<Uint8Array> {
    return this.pic.queryCall({ canisterId, method: 'look', arg: program.bytes });
  }

  /** The first number that a query appends to its reply. */
  async lookNumber(canisterId: PicPrincipal, program: Program): Promise<bigint> {
    const reply = await this.look(canisterId, program);
    return new DataView(reply.buffer, reply.byteOffset).getBigUint64(0, true);
  }
}

/** Registers what starts and ends the server and the instances of a test file. */
export function picNetwork(): PicNetwork {
  const net = new PicNetwork();
  beforeAll(async () => {
    net.server = await startPocketIc();
  });
  afterAll(async () => {
    await net.server.stop();
  });
  beforeEach(async () => {
    net.pic = await net.instance();
  });
  afterEach(async () => {
    await net.pic.tearDown();
  });
  return net;
}
