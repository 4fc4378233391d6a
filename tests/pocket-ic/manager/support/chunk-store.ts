import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';
import { operator } from '../../../support/manager-modules.ts';
import type { PicManager } from '../../../support/pocket-ic-manager.ts';
import { toPic } from '../../../support/pocket-ic-types.ts';

const Hashes = IDL.Vec(IDL.Record({ hash: IDL.Vec(IDL.Nat8) }));

/** The Manager's chunk store, as its controller has it at hand. */
export class ChunkStore {
  private readonly canisterId: Principal;

  constructor(private readonly manager: PicManager) {
    this.canisterId = manager.managerId;
  }

  async upload(chunk: Uint8Array): Promise<void> {
    await this.call('upload_chunk', { chunk: IDL.Vec(IDL.Nat8) }, { chunk });
  }

  async clear(): Promise<void> {
    await this.call('clear_chunk_store');
  }

  /** The hashes of its chunks, in hexadecimal. */
  async hashes(): Promise<string[]> {
    const reply = await this.call('stored_chunks');
    const [chunks] = IDL.decode([Hashes], reply) as unknown as [{ hash: Uint8Array }[]];
    return chunks.map(({ hash }) => Buffer.from(hash).toString('hex')).toSorted();
  }

  private async call(method: string, types: Record<string, IDL.Type> = {}, values: object = {}) {
    const argument = { canister_id: this.canisterId, ...values };
    return this.manager.pic.updateCall({
      canisterId: toPic(Principal.managementCanister()),
      sender: toPic(operator),
      method,
      arg: IDL.encode([IDL.Record({ canister_id: IDL.Principal, ...types })], [argument]),
    });
  }
}
