import { IDL } from '@dfinity/candid';
import { expect, test } from 'vitest';
import { Page } from '../../src/manager/candid/lists.ts';
import { VacantResult } from '../../src/manager/candid/vacancies.ts';
import { ManagerFixture, managerWithoutInspection, operator } from '../support/manager-fixture.ts';
import type { Vacant } from './support/pool.ts';

const warmCanisters = 60;
let instructions = 0n;
/** Its queries may be called like updates, which tell what they cost. */
const fixture = new ManagerFixture({
  manager: managerWithoutInspection(),
  onEvent: (event) => {
    if (event.event === 'step' && event.method === 'listVacant') instructions = event.instructions;
  },
});

function page(limit: number, cursor?: string): { vacant: readonly Vacant[]; nextCursor: [] | [string] } {
  const value = { limit: [limit], cursor: cursor === undefined ? [] : [cursor] };
  const result = fixture.update(operator, 'listVacant', [IDL.Opt(Page)], VacantResult, [[value]]);
  return (result as { Ok: { vacant: readonly Vacant[]; nextCursor: [] | [string] } }).Ok;
}

/** What a page of one row costs. */
function instructionsOfOneRow(): bigint {
  instructions = 0n;
  expect(page(1).vacant).toHaveLength(1);
  expect(instructions).toBeGreaterThan(0n);
  return instructions;
}

test('a page of vacant canisters costs what its own rows cost, however many there are, and pages show each once', () => {
  fixture.configure({ warmCanisters: 2 });
  fixture.network.run();
  const ofTwo = instructionsOfOneRow();
  fixture.configure({ warmCanisters });
  fixture.network.run();
  expect(instructionsOfOneRow()).toBeLessThan(ofTwo + ofTwo / 10n);

  const shown: string[] = [];
  for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
    const { vacant, nextCursor } = page(25, cursor);
    shown.push(...vacant.map(({ canisterId }) => canisterId.toText()));
    [cursor] = nextCursor;
  }
  expect(shown).toHaveLength(warmCanisters);
  expect(new Set(shown)).toEqual(new Set(fixture.created().map(String)));
});
