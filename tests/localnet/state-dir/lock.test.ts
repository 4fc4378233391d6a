import { type ChildProcess, fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lockDirectory } from '../../../src/localnet/state-dir/lock.ts';
import { StateDirError } from '../../../src/localnet/state-dir/index.ts';
import { thrownBy } from '../../support/thrown-by.ts';

let directory: string;
let children: ChildProcess[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lock-'));
});

afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children = [];
  rmSync(directory, { recursive: true });
});

const tellsStartTimes = existsSync('/proc/self/stat');
const lockPath = () => join(directory, 'lock');

function refusal(): StateDirError {
  return thrownBy(StateDirError, () => lockDirectory(directory));
}

async function contender(): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, 'support/lock-contender.ts'), [directory], {
    execArgv: ['--import', 'tsx'],
  });
  children.push(child);
  await once(child, 'message');
  return child;
}

async function answerTo(child: ChildProcess, message: { readonly at: number } | 'release'): Promise<string> {
  const answer = once(child, 'message') as Promise<[string]>;
  child.send(message);
  return (await answer)[0];
}

/** What a process leaves behind that was killed while it had the lock. */
async function lockOfKilledProcess(): Promise<string> {
  const child = await contender();
  expect(await answerTo(child, { at: 0 })).toBe('won');
  const content = readFileSync(lockPath(), 'utf8');
  child.kill('SIGKILL');
  await once(child, 'exit');
  return content;
}

test('of many processes that find the same lock of a dead one, exactly one gets it, every time', async () => {
  const stale = await lockOfKilledProcess();
  const contenders = await Promise.all(Array.from({ length: 8 }, contender));
  for (let round = 0; round < 20; round += 1) {
    writeFileSync(lockPath(), stale);
    const at = Date.now() + 20;
    const answers = await Promise.all(contenders.map((child) => answerTo(child, { at })));
    expect(answers.toSorted(), `round ${round}`).toEqual([
      ...Array.from({ length: 7 }, () => 'STATE_DIR_IN_USE'),
      'won',
    ]);
    await Promise.all(contenders.map((child) => answerTo(child, 'release')));
    expect(readdirSync(directory)).toEqual([]);
  }
}, 60_000);

test("a process that died while it took a lock over is in nobody's way", async () => {
  const left = await lockOfKilledProcess();
  const right = `${lockPath()}-${createHash('sha256').update(left).digest('hex')}`;
  writeFileSync(right, left.replace(/\S+$/, 'another'));
  const unlock = lockDirectory(directory);
  expect(readdirSync(directory)).toEqual(['lock']);
  expect(refusal().code).toBe('STATE_DIR_IN_USE');
  unlock();
  expect(readdirSync(directory)).toEqual([]);
});

test('unlocking twice does not let others in while the next one works', () => {
  const unlock = lockDirectory(directory);
  unlock();
  const unlockNext = lockDirectory(directory);
  unlock();
  expect(refusal().message).toContain(`is used by process ${process.pid}`);
  unlockNext();
});

describe('a lock that was found', () => {
  const own = () => {
    const unlock = lockDirectory(directory);
    const content = readFileSync(lockPath(), 'utf8');
    unlock();
    return content;
  };

  test('is respected while the process lives that wrote it', () => {
    const content = own();
    writeFileSync(lockPath(), content.replace(/\S+$/, 'by another thread'));
    // Where the system does not tell processes apart, our own number on a lock we do not have says that it is old.
    if (tellsStartTimes) expect(refusal().code).toBe('STATE_DIR_IN_USE');
    writeFileSync(lockPath(), `${process.ppid}`);
    expect(refusal().message).toContain(`is used by process ${process.ppid}`);
    expect(readFileSync(lockPath(), 'utf8')).toBe(`${process.ppid}`);
  });

  test.each([
    ['of a number that no process can have', '0'],
    ['of our own number before it was ours, from a version that wrote no more', `${process.pid}`],
    ['of no number', 'nonsense'],
    ['that is empty', ''],
  ])('%s is taken over', (_name, content) => {
    writeFileSync(lockPath(), content);
    lockDirectory(directory)();
    expect(readdirSync(directory)).toEqual([]);
  });

  test.runIf(tellsStartTimes)('of a process whose number another program has by now is taken over', () => {
    const [, startTime = ''] = own().split(' ');
    const [ticks = '', machineStart = ''] = startTime.split('@');
    for (const other of [`${Number(ticks) + 1}@${machineStart}`, `${ticks}@another-start`]) {
      writeFileSync(lockPath(), `${process.pid} ${other} nonce`);
      lockDirectory(directory)();
    }
    expect(readdirSync(directory)).toEqual([]);
  });
});
