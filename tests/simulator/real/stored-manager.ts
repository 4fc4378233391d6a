import type { InMemoryOrderedMap } from '../../../src/saga/index.ts';
import type { ManagerFixture } from '../../support/manager-fixture.ts';
import type { AzleHost, HostMap } from '../pure/azle-host.ts';
import { bundleManager } from '../pure/bundle-manager.ts';
import type { Introspection } from '../pure/introspection.ts';
import { readStableMaps } from './stable-maps.ts';
import type { StableMaps } from './stable-maps.ts';

/** What the Manager has stored, and its own code to read it with. */
export interface StoredManager {
  readonly stores: Introspection;
  readonly map: (memory: number) => InMemoryOrderedMap;
}

let present: StableMaps = new Map();
let revealed: Introspection | undefined;

function mapAt(memory: number): InMemoryOrderedMap {
  const map = present.get(memory);
  if (!map) throw new Error(`the Manager has no map in memory ${memory}`);
  return map;
}

function hostMap(memory: number): HostMap {
  const readOnly = (): never => {
    throw new Error('what is stored is only read here');
  };
  return {
    get: (key) => mapAt(memory).get(key),
    insert: readOnly,
    remove: readOnly,
    len: () => mapAt(memory).size(),
    items: (start = 0, length = Infinity) =>
      mapAt(memory)
        .first(Math.min(start + length, mapAt(memory).size()))
        .slice(start)
        .map(([key, value]) => [key, value]),
  };
}

/** Readers need maps and nothing else that a canister is given. */
const host: Partial<AzleHost> = {
  map: hostMap,
  register: () => undefined,
  registerVariables: () => undefined,
  reveal: (introspection) => {
    revealed = introspection;
  },
};

(await bundleManager()).begin(host as AzleHost);

/** Takes the Manager's stable memory out of the network. What it answers holds until the next call. */
export function readStoredManager(fixture: ManagerFixture): StoredManager {
  if (!revealed) throw new Error('the bundle of the Manager reveals nothing');
  present = readStableMaps(fixture);
  return { stores: revealed, map: mapAt };
}
