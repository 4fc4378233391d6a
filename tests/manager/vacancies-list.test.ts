import { IDL } from '@dfinity/candid';
import { expect, test } from 'vitest';
import { Page } from '../../src/manager/candid/lists.ts';
import { VacantResult } from '../../src/manager/candid/vacancies.ts';
import { ManagerFixture, managerWithoutInspection, operator } from '../support/manager-fixture.ts';

const warmCanisters = 60;
let instructions = 0n;
/** Its queries may be called like updates, which tell what they cost. */
const fixture = new ManagerFixture({
  manager: managerWithoutInspection(),
  onEvent: (event) => {
    if (event.event === 'step' && event.method === 'listVacant') instructions = event.instructions;
  },
});

/** What a page of one row costs. */
function instructionsOfOneRow(): bigint {
  instructions = 0n;
  const page = { limit: [1], cursor: [] };
  const result = fixture.update(operator, 'listVacant', [IDL.Opt(Page)], VacantResult, [[page]]);
  expect((result as { Ok: { vacant: object[] } }).Ok.vacant).toHaveLength(1);
  expect(instructions).toBeGreaterThan(0n);
  return instructions;
}

test('a page of vacant canisters costs what its own rows cost, however many there are', () => {
  fixture.configure({ warmCanisters: 2 });
  fixture.network.run();
  const ofTwo = instructionsOfOneRow();
  fixture.configure({ warmCanisters });
  fixture.network.run();
  expect(instructionsOfOneRow()).toBeLessThan(ofTwo + ofTwo / 10n);
});
