import { msgReply, query } from 'azle';
import Manager from '../../../src/manager/index.ts';
import { due, inbox, leases, records, vacancies } from '../../../src/manager/storage/memory.ts';
import { BinaryWriter } from '../../../src/saga/index.ts';

/** The Manager with its stable maps laid open, so that a test can recompute what must agree with what. */
export default class AuditableManager extends Manager {
  @query([], undefined, { manual: true, hidden: true })
  dumpMaps(): void {
    const writer = new BinaryWriter();
    for (const map of [records, due, leases, inbox, vacancies]) {
      writer.u32(map.size());
      for (const [key, value] of map.first(map.size())) writer.bytes(key).bytes(value);
    }
    msgReply(writer.finish());
  }
}
