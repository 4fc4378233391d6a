import type { InMemoryOrderedMap } from '../../../src/saga/index.ts';
import type { ManagerFixture } from '../../support/manager-fixture.ts';
import type { AzleHost, HostMap } from '../pure/azle-host.ts';
import { bundleManager } from '../pure/bundle-manager.ts';
import type { Introspection } from '../pure/introspection.ts';
import { entriesOf, mapInMemory, readStableMaps } from './stable-maps.ts';
import type { StableMaps } from './stable-maps.ts';

/** What the Manager has stored, and its own code to read it with. */
export interface StoredManager {
  readonly stores: Introspection;
  readonly maps: StableMaps;
}

let present: StableMaps | undefined;
let revealed: Introspection | undefined;

/** Sets back what the Manager's modules remember of the maps they read: each reading begins as a new life does. */
const forget: (() => void)[] = [];

function hostMap(memory: number): HostMap {
  const readOnly = (): never => {
    throw new Error('what is stored is only read here');
  };
  const map = (): InMemoryOrderedMap => {
    if (!present) throw new Error('nothing was read yet');
    return mapInMemory(present, memory);
  };
  return {
    get: (key) => map().get(key),
    insert: readOnly,
    remove: readOnly,
    len: () => map().size(),
    items: (start = 0, length = Infinity) =>
      entriesOf(map())
        .slice(start, start + length)
        .map(([key, value]) => [key, value]),
  };
}

/** Readers need maps and nothing else that a canister is given. */
const host: Partial<AzleHost> = {
  map: hostMap,
  register: () => undefined,
  registerVariables: (save, restore) => {
    const atFirst = save();
    forget.push(() => {
      restore(atFirst);
    });
  },
  reveal: (introspection) => {
    revealed = introspection;
  },
};

(await bundleManager()).begin(host as AzleHost);

/** Takes the Manager's stable memory out of the network. What it answers holds until the next call. */
export function readStoredManager(fixture: ManagerFixture): StoredManager {
  if (!revealed) throw new Error('the bundle of the Manager reveals nothing');
  present = readStableMaps(fixture);
  for (const forgetModule of forget) forgetModule();
  return { stores: revealed, maps: present };
}
