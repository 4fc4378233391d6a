import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';

const demo = ['--import', 'tsx', 'src/cli/main.ts', 'demo'];

describe('the demo command, in a process of its own', () => {
  let status: number | null;
  let stdout: string;
  let stderr: string;
  beforeAll(() => {
    ({ status, stdout, stderr } = spawnSync(process.execPath, demo, { encoding: 'utf8' }));
  });
  /** The value behind a label. */
  const field = (label: string): string | undefined =>
    new RegExp(`^  ${label} +(\\S+)`, 'm').exec(stdout)?.[1];

  it('exits with 0 and complains about nothing', () => {
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  it('greets Alice', () => {
    expect(stdout).toContain('greet("Alice")  Hello, Alice!\n');
  });

  it('shows all four steps done, in plain lines', () => {
    const steps = [...stdout.matchAll(/^ {2}(\w+) +(\w+) +attempt 1 of \d+/gm)].map(([, name, state]) => [
      name,
      state,
    ]);
    expect(steps.filter(([, state]) => state === 'done')).toEqual(
      ['create', 'install', 'handover', 'register'].map((name) => [name, 'done']),
    );
    expect(stdout).not.toMatch(/\u001b/);
  });

  it("ends with the caller as the only controller, and the template's module", () => {
    expect(field('You')).toMatch(/^(\w{5}-){10}\w{3}$/);
    expect(field('Controllers')).toBe(field('You'));
    const template = createHash('sha256').update(readFileSync('.canisters/greeter/greeter.wasm.gz'));
    expect(field('Module hash')).toBe(template.digest('hex'));
    expect(field('Greeter')).toMatch(/-cai$/);
    expect(field('Greeter')).not.toBe(field('Manager'));
  });

  it('says what it cost in cycles and time, and where the network listens', () => {
    expect(stdout).toMatch(/^ {2}Cycles +[\d.]+ T spent/m);
    expect(stdout).toMatch(/^ {2}Time +[\d.]+ s$/m);
    expect(field('Network')).toMatch(/^http:..127\.0\.0\.1:\d+$/);
  });

  it('ends quietly when its reader has enough', async () => {
    const child = spawn(process.execPath, demo);
    let complaints = '';
    child.stderr.on('data', (data: Buffer) => (complaints += data.toString()));
    await once(child.stdout, 'data');
    child.stdout.destroy();
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(complaints).toBe('');
  });
});
