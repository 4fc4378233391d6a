import { dirname, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout this build script belongs to. */
export const projectRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** A path as it is written into outputs: relative to the checkout, with forward slashes, so the same everywhere. */
export function projectPath(absolutePath: string): string {
  return relative(projectRoot, absolutePath).split(sep).join('/');
}
