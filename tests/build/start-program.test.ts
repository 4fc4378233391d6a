import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const folder = join('.cache/start-program-test', String(process.pid));
const main = join(folder, `program-${process.pid}.ts`);
const kept = join(root, '.cache/programs', basename(main, '.ts'));

const write = (name: string, text: string): void => {
  mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, folder, name), text);
};

const writeProgram = (): void => {
  write('words.ts', `export const words: string = 'first words';`);
  write(basename(main), `import { words } from './words.ts';\nconsole.log(words);`);
};

/** @param change of `node:fs`, as the program that starts finds it */
const run = (change = ''): string => {
  const program = `
    import fs from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    ${change}
    syncBuiltinESMExports();
    const { startProgram } = await import('./bin/start-program.mjs');
    await startProgram('${main}');`;
  const args = ['--input-type=module', '--eval', program];
  return execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' }).trim();
};

afterEach(() => {
  for (const path of [join(root, folder), `${kept}.mjs`, `${kept}.json`]) {
    rmSync(path, { recursive: true, force: true });
  }
});

test('A program of several files runs, and its bundle is kept', () => {
  writeProgram();
  expect(run()).toBe('first words');
  const { ino } = statSync(`${kept}.mjs`);
  expect(run()).toBe('first words');
  expect(statSync(`${kept}.mjs`).ino).toBe(ino);
});

test('A file that changed is seen at the next start', () => {
  writeProgram();
  run();
  write('words.ts', `export const words: string = 'other words';`);
  expect(run()).toBe('other words');
});

test('A bundle that somebody else wrote over, or cut short, is made anew', () => {
  writeProgram();
  run();
  writeFileSync(`${kept}.mjs`, '');
  expect(run()).toBe('first words');
  rmSync(`${kept}.json`);
  expect(run()).toBe('first words');
});

test('A file that is saved while the bundle is made is seen at the next start', () => {
  writeProgram();
  const saved = `export const words: string = 'saved words';`;
  expect(
    run(`
      const { renameSync } = fs;
      fs.renameSync = (from, to) => {
        fs.writeFileSync('${join(root, folder, 'words.ts')}', ${JSON.stringify(saved)});
        renameSync(from, to);
      };`),
  ).toBe('first words');
  expect(run()).toBe('saved words');
});

test('Where nothing can be written a program runs all the same, and leaves nothing behind', () => {
  writeProgram();
  const readOnly = `
    for (const name of ['mkdirSync', 'writeFileSync', 'renameSync']) {
      fs[name] = () => { throw Object.assign(new Error('read-only'), { code: 'EROFS' }); };
    }`;
  expect(run(readOnly)).toBe('first words');
  expect(existsSync(`${kept}.mjs`)).toBe(false);
});
