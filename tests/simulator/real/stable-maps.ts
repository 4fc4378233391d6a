import { BinaryReader, InMemoryOrderedMap } from '../../../src/saga/index.ts';
import type { ManagerFixture } from '../../support/manager-fixture.ts';

/** The Manager's stable maps, by the number of their memory. */
export type StableMaps = ReadonlyMap<number, InMemoryOrderedMap>;

/** Memories of the maps, in the order in which the auditable Manager shows them. */
export const memories = { records: 0, due: 1, leases: 2, inbox: 3, vacancies: 4 } as const;

/** Reads all that the auditable Manager has stored. */
export function readStableMaps({ network, managerId }: ManagerFixture): StableMaps {
  const call = { sender: managerId, canisterId: managerId, method: 'dumpMaps', arg: new Uint8Array() };
  const reader = new BinaryReader(network.query(call));
  return new Map(Object.values(memories).map((memory) => [memory, readMap(reader)]));
}

function readMap(reader: BinaryReader): InMemoryOrderedMap {
  const map = new InMemoryOrderedMap();
  for (let left = reader.u32(); left > 0; left -= 1) map.set(reader.bytes(), reader.bytes());
  return map;
}
