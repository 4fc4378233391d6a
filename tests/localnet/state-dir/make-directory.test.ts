import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { makeDirectory } from '../../../src/localnet/state-dir/make-directory.ts';

const root = mkdtempSync(join(tmpdir(), 'make-directory-'));
writeFileSync(join(root, 'file'), '');

afterAll(() => {
  rmSync(root, { recursive: true });
});

describe('a state directory', () => {
  test('is made with all that is missing above it, and may be there already', () => {
    const path = join(root, 'a', 'b', 'c');
    makeDirectory(path);
    expect(statSync(path).isDirectory()).toBe(true);
    makeDirectory(path);
  });

  const unusable: readonly (readonly [where: string, path: string])[] = [
    ['of no name', ''],
    ['that is a file', join(root, 'file')],
    ['below a file', join(root, 'file', 'below')],
    // Only where there is such a file system: elsewhere that is a place like any other.
    ...(existsSync('/proc/self') ? [['of the kernel', '/proc/state'] as const] : []),
  ];
  test.each(unusable)('%s is refused with a reason', (_, path) => {
    expect(() => {
      makeDirectory(path);
    }).toThrow(expect.objectContaining({ code: 'STATE_DIR_UNUSABLE' }) as Error);
  });
});
