import { readFile } from 'node:fs/promises';
import { BuildError } from './build-error.ts';
import { parseCandid } from './candid-interface.ts';
import { candidDifferences } from './compare-candid.ts';
import { projectPath } from './paths.ts';

/**
 * The Candid file kept by hand for the people who use a canister: named types and comments, which the generated one
 * lacks. It becomes the canister's public interface, so it has to say what the code does.
 *
 * @param path of the file
 * @param generated Candid that azle derived from the code
 * @returns the text of the file
 * @throws BuildError `build.candid-differs` when it cannot be read, is not valid, or is another interface
 */
export async function readWrittenCandid(path: string, generated: string): Promise<string> {
  const name = projectPath(path);
  const refuse = (problem: string): BuildError =>
    new BuildError('build.candid-differs', `${name} ${problem}`);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw refuse(`cannot be read: ${String(error)}`);
  });
  const written = await parseCandid(text).catch((error: unknown) => {
    throw refuse(`is not valid Candid: ${error instanceof Error ? error.message : String(error)}`);
  });
  const differences = candidDifferences(written, await parseCandid(generated));
  if (differences.length === 0) return text;
  throw refuse(
    `is not the interface of the code. Make one follow the other, then run "npm run generate":\n${differences.map((line) => `  - ${line}`).join('\n')}`,
  );
}
