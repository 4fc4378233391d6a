import { IDL, msgArgData, msgReply, update } from 'azle';
import Manager from '../../../src/manager/index.ts';
import { records } from '../../../src/manager/storage/memory.ts';
import { recordKey } from '../../../src/saga/store/keys.ts';

/** The Manager with a way to make a job's record one that it cannot read. */
export default class BreakableManager extends Manager {
  @update([IDL.Nat64], undefined, { manual: true, hidden: true })
  breakRecord(): void {
    const [id] = IDL.decode([IDL.Nat64], msgArgData()) as unknown as [bigint];
    records.set(recordKey(id), new Uint8Array([99]));
    msgReply(IDL.encode([], []));
  }
}
