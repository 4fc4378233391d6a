import { BinaryReader, InMemoryOrderedMap } from '../../../src/saga/index.ts';
import type { ManagerFixture } from '../../support/manager-fixture.ts';

/** The memories of the Manager's stable maps, in the order in which the auditable Manager shows them. */
const names = ['records', 'due', 'leases', 'inbox', 'vacancies'] as const;

/** The Manager's stable maps. */
export type StableMaps = Readonly<Record<(typeof names)[number], InMemoryOrderedMap>>;

/** Reads all that an auditable Manager has stored. */
export function readStableMaps({ network, managerId }: ManagerFixture): StableMaps {
  const call = { sender: managerId, canisterId: managerId, method: 'dumpMaps', arg: new Uint8Array() };
  const reader = new BinaryReader(network.query(call));
  return Object.fromEntries(names.map((name) => [name, readMap(reader)])) as StableMaps;
}

/** The map in the memory of this number. @throws Error when there is none */
export function mapInMemory(maps: StableMaps, memory: number): InMemoryOrderedMap {
  const name = names[memory];
  if (!name) throw new Error(`the Manager has no map in memory ${memory}`);
  return maps[name];
}

/** All entries of a map, in order. */
export function entriesOf(map: InMemoryOrderedMap): readonly (readonly [Uint8Array, Uint8Array])[] {
  return map.first(map.size());
}

function readMap(reader: BinaryReader): InMemoryOrderedMap {
  const map = new InMemoryOrderedMap();
  for (let left = reader.u32(); left > 0; left -= 1) map.set(reader.bytes(), reader.bytes());
  return map;
}
