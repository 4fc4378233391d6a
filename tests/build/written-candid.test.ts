import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCanister } from '../../scripts/build/build-canister.ts';
import { projectCanisters } from '../../scripts/build/project-canisters.ts';
import { projectRoot } from '../../scripts/build/paths.ts';
import { readWrittenCandid } from '../../scripts/build/written-candid.ts';

const generated = `
service: (record {owner:principal; greeting:opt text}) -> {
  greet: (text) -> (text) query;
  setGreeting: (text) -> (variant {Ok; Err:text});
  stats: () -> (vec record {nat32; blob}, opt nat64);
}`;

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'written-candid-'));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

function written(text: string): string {
  const path = join(directory, 'written.did');
  writeFileSync(path, text);
  return path;
}

async function differences(text: string): Promise<string> {
  return readWrittenCandid(written(text), generated).then(
    () => 'accepted',
    (error: unknown) => String(error),
  );
}

describe('a Candid file kept by hand', () => {
  it('is accepted when it says the same with names, comments and another order', async () => {
    const text = `
      // The best Greeter.
      type Init = record { greeting : opt text; owner : principal };
      type Result = variant { Err : text; Ok };
      type Row = record { nat32; vec nat8 };
      service : (Init) -> {
        setGreeting : (phrase : text) -> (Result);
        stats : () -> (vec Row, opt nat64);
        greet : (name : text) -> (text) query;
      }`;
    expect(await readWrittenCandid(written(text), generated)).toBe(text);
  });

  it.each([
    ['greet: (text)', 'hello: (text)', 'service: the file says no method "greet", the code has it'],
    ['greet: (text)', 'hello: (text)', 'service: the file says method "hello", the code does not have it'],
    [' query', '', 'greet: the file says update, the code query'],
    ['-> (text) query', '-> (text) composite_query', 'greet: the file says composite_query, the code query'],
    ['greet: (text)', 'greet: (text, text)', 'greet, argument: the file says 2 of them, the code 1'],
    ['Err:text', 'Err:nat', 'setGreeting, result.Err: the file says nat, the code text'],
    ['{Ok; Err', '{Ok; Later; Err', 'setGreeting, result: the file says case "Later"'],
    ['opt nat64', 'nat64', 'stats, result 2: the file says nat64, the code opt'],
    ['record {nat32; blob}', 'record {nat16; blob}', 'stats, result 1.element._0_: the file says nat16'],
    ['greeting:opt text', 'greeting:text', 'init argument.greeting: the file says text, the code opt'],
    ['owner:principal; ', '', 'init argument: the file says no field "owner"'],
    ['(record {owner:principal; greeting:opt text}) -> ', '', 'init argument: the file says 0 of them'],
  ])('is refused with %j written as %j', async (from, to, problem) => {
    const text = generated.replace(from, to);
    expect(text).not.toBe(generated);
    expect(await differences(text)).toContain(problem);
  });

  it('is compared also where a type contains itself', async () => {
    const listOf = (element: string, name: string): string =>
      `type ${name} = record { head : ${element}; tail : opt ${name} }; service : { list : () -> (${name}) }`;
    const same = readWrittenCandid(written(listOf('nat', 'List')), listOf('nat', 'Chain'));
    await expect(same).resolves.toContain('List');
    const other = readWrittenCandid(written(listOf('nat', 'List')), listOf('int', 'Chain'));
    await expect(other).rejects.toThrow('list, result.head: the file says nat, the code int');
  });

  it('is refused when it is not Candid, or is not there', async () => {
    expect(await differences('service : { greet : (texxt) -> () }')).toContain('is not valid Candid: ');
    await expect(readWrittenCandid(join(directory, 'missing.did'), generated)).rejects.toMatchObject({
      code: 'build.candid-differs',
    });
  });

  it('fails the build of its canister when it does not describe the code', async () => {
    const greeter = projectCanisters.find(({ name }) => name === 'greeter');
    if (!greeter) throw new Error('The project has no Greeter.');
    const text = readFileSync(join(projectRoot, 'src/greeter/greeter.did'), 'utf8');
    const candidFile = written(text.replace('getOwner', 'owner'));
    const build = buildCanister({ ...greeter, candidFile, outputDirectory: join(directory, 'outputs') });
    await expect(build).rejects.toThrow('the file says no method "getOwner", the code has it');
  });
});
