import { beforeAll, describe, expect, it } from 'vitest';
import { buildCaller } from './canisters/builds.ts';
import { type LogEntry, Rig } from './rig.ts';

type AwaitedEntry = Extract<LogEntry, { kind: 'awaited' }>;

/**
 * Why the rewrite exists: the same canister, as azle builds it, goes wrong on a schedule that is harmless with it.
 */
describe('an upgrade with awaited calls open', () => {
  const builds = new Map<string, Uint8Array>();

  beforeAll(async () => {
    builds.set('without', await buildCaller('callerWithoutRewrite'));
    builds.set('with', await buildCaller('caller'));
  });

  const build = (name: 'with' | 'without'): Uint8Array => builds.get(name) ?? new Uint8Array();

  /** A hundred calls are open; the canister is upgraded to the same build and makes a hundred new ones; the old ones' replies come first. */
  function upgradeBetweenCalls(module: Uint8Array): { rig: Rig; newOnes: AwaitedEntry[] } {
    const rig = new Rig(module);
    rig.network.run();
    const lateReplies = rig.network.faults.add(
      { method: 'echo' },
      { kind: 'delayReply', milliseconds: 5_000 },
    );
    for (let index = 0; index < 100; index++) rig.startAwaited(`old ${index}`, 'echo');
    rig.upgrade(module);
    rig.network.run();
    rig.network.faults.remove(lateReplies);
    rig.network.faults.add({ method: 'echo' }, { kind: 'delayReply', milliseconds: 10_000 });
    for (let index = 0; index < 100; index++) rig.startAwaited(`new ${index}`, 'echo');
    rig.network.runFor(60_000);
    const newOnes = rig
      .log()
      .filter((entry): entry is AwaitedEntry => entry.kind === 'awaited' && entry.tag.startsWith('new'));
    return { rig, newOnes };
  }

  const gotForeignReply = (entry: AwaitedEntry): boolean =>
    !('reply' in entry) || Buffer.from(entry.reply).toString() !== entry.tag;

  it('hands old replies to new calls, silently, without the rewrite', () => {
    const { newOnes } = upgradeBetweenCalls(build('without'));
    const foreign = newOnes.filter(gotForeignReply);
    expect(foreign.length).toBeGreaterThan(0);
    expect(
      foreign.every((entry) => 'reply' in entry && Buffer.from(entry.reply).toString().startsWith('old')),
    ).toBe(true);
  });

  it('gives every new call its own reply with the rewrite', () => {
    const { rig, newOnes } = upgradeBetweenCalls(build('with'));
    expect(newOnes).toHaveLength(100);
    expect(newOnes.filter(gotForeignReply)).toEqual([]);
    expect(rig.network.canister(rig.caller).log).toEqual([]);
  });

  /** Two timers are due; before the library has run them the canister is upgraded and starts two for tomorrow. */
  function timersThatRanTooEarly(module: Uint8Array): string[] {
    const rig = new Rig(module);
    rig.network.run();
    rig.startTimer(0, 'old');
    rig.startTimer(0, 'old');
    while (rig.network.step()?.kind !== 'globalTimer');
    rig.upgrade(module);
    rig.startTimer(86_400, 'for tomorrow');
    rig.startTimer(86_400, 'for tomorrow');
    rig.network.runFor(60_000);
    return rig.log().flatMap((entry) => (entry.kind === 'timer' ? [entry.tag] : []));
  }

  it('runs timers a day too early without the rewrite', () => {
    expect(timersThatRanTooEarly(build('without'))).toContain('for tomorrow');
  });

  it('runs no timer early with the rewrite', () => {
    expect(timersThatRanTooEarly(build('with'))).toEqual([]);
  });
});

describe('a marked call', () => {
  it('fails closed in a canister without the rewrite: the callee has no such method', async () => {
    const rig = new Rig(await buildCaller('callerWithoutRewrite'));
    const [callId = 0] = rig.send({ method: 'echo', timeoutSeconds: 60 });
    const refused: string[] = [];
    for (let step = rig.network.step(); step !== undefined; step = rig.network.step()) {
      if (step.canisterId === rig.peer.toText()) refused.push(`${step.outcome} ${step.error ?? ''}`);
    }
    expect(refused).toHaveLength(1);
    expect(refused[0]).toContain(`has no update method 'echo\u001f60\u001f${callId}'`);
    expect(rig.responses()).toEqual([]);
  });

  it.each([
    'echo\u001f',
    'echo\u001fx',
    'echo\u001f60\u001f',
    'echo\u001f60\u001f0',
    'echo\u001f60\u001f2147483648',
    'echo\u001f1\u001f2\u001f3',
  ])('with the malformed name %j goes out under that name, so nothing is executed', async (name) => {
    const rig = new Rig(await buildCaller('caller'));
    rig.startAwaited('malformed', name);
    rig.network.run();
    expect(rig.log()).toContainEqual({
      kind: 'awaited',
      tag: 'malformed',
      error: expect.stringContaining(`no update method '${name}'`) as string,
    });
  });
});
