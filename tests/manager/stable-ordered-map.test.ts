import { readFileSync } from 'node:fs';
import { IDL } from '@dfinity/candid';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildCanister } from '../../scripts/build/build-canister.ts';
import { LocalNetwork, managementClient } from '../../src/localnet/index.ts';
import type { OrderedMap } from '../../src/saga/index.ts';
import { operator } from '../support/manager-fixture.ts';
import { anyOrderedMapOperations, assertConformingOrderedMap } from '../support/ordered-map-conformance.ts';

/* In process although it injects no fault: the port is synchronous, and thousands of calls over HTTP take too long. */

const Bytes = IDL.Vec(IDL.Nat8);
const { wasmPath } = await buildCanister({
  name: 'mapHost',
  main: 'tests/manager/canisters/map-host.ts',
  outputDirectory: '.canisters/test-mapHost',
  durableCalls: false,
});
const network = new LocalNetwork();
const canisterId = managementClient(network, operator).createCanister();
managementClient(network, operator).installCode(canisterId, { module: readFileSync(wasmPath) });
const empty = network.checkpoint();

function update(method: string, values: Uint8Array[]): void {
  const types = values.map(() => Bytes);
  network.update({ sender: operator, canisterId, method, arg: IDL.encode(types, values) });
}

function query(method: string, types: IDL.Type[], values: unknown[], result: IDL.Type): unknown {
  const reply = network.query({ sender: operator, canisterId, method, arg: IDL.encode(types, values) });
  return IDL.decode([result], reply)[0];
}

/** The Manager's storage port, in stable memory on the other side of the network. */
const stableMap: OrderedMap = {
  get: (key) => (query('get', [Bytes], [key], IDL.Opt(Bytes)) as [] | [Uint8Array])[0],
  set: (key, value) => {
    update('set', [key, value]);
  },
  delete: (key) => {
    update('delete', [key]);
  },
  size: () => query('size', [], [], IDL.Nat32) as number,
  first: (limit) =>
    query('first', [IDL.Nat32], [limit], IDL.Vec(IDL.Tuple(Bytes, Bytes))) as [Uint8Array, Uint8Array][],
};

test('a stable map is the ordered map that the engine was tested with', () => {
  fc.assert(
    fc.property(anyOrderedMapOperations, (operations) => {
      network.restore(empty);
      assertConformingOrderedMap(stableMap, operations);
    }),
    { numRuns: 15 },
  );
});

test('a stable map keeps what it holds over an upgrade', () => {
  network.restore(empty);
  stableMap.set(Uint8Array.of(2), Uint8Array.of(20));
  stableMap.set(Uint8Array.of(1, 9), new Uint8Array());
  managementClient(network, operator).installCode(canisterId, {
    module: readFileSync(wasmPath),
    mode: 'upgrade',
  });
  expect(stableMap.first(5)).toEqual([
    [Uint8Array.of(1, 9), new Uint8Array()],
    [Uint8Array.of(2), Uint8Array.of(20)],
  ]);
});
