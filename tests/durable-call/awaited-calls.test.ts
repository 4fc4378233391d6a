import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { placeholders } from '../../src/durable-call/rewrite/placeholders.ts';
import type { NetworkCheckpoint } from '../../src/localnet/index.ts';
import { buildCaller } from './canisters/builds.ts';
import { Rig } from './rig.ts';

/** The rewrite changes how azle's own calls travel, too; they must not notice. */
describe('an awaited call in a rewritten canister', () => {
  let module: Uint8Array;
  let rig: Rig;
  let installed: NetworkCheckpoint;

  beforeAll(async () => {
    module = await buildCaller('caller');
    rig = new Rig(module);
    rig.network.run();
    installed = rig.network.checkpoint();
  });

  beforeEach(() => {
    rig.network.restore(installed);
  });

  const reply = (tag: string) => ({ kind: 'awaited', tag, reply: [...Buffer.from(tag)] });

  it('gets its own reply, also when answers come in another order', () => {
    for (const [index, milliseconds] of [3_000, 1_000, 2_000].entries()) {
      rig.network.faults.add({ method: 'echo', nth: index + 1 }, { kind: 'delayReply', milliseconds });
    }
    for (const tag of ['first', 'second', 'third']) rig.startAwaited(tag, 'echo');
    rig.network.runFor(10_000);
    expect(rig.log().slice(1)).toEqual([reply('second'), reply('third'), reply('first')]);
  });

  it('can be bounded by a timeout in its name', () => {
    rig.network.faults.add({ method: 'echo' }, { kind: 'delayReply', milliseconds: 60_000 });
    rig.startAwaited('bounded', 'echo\u001f5');
    rig.startAwaited('unbounded', 'echo\u001f0');
    rig.network.runFor(10_000);
    expect(rig.log().slice(1)).toMatchObject([{ tag: 'bounded', error: expect.any(String) as string }]);
    rig.network.runFor(100_000);
    expect(rig.log().slice(2)).toEqual([reply('unbounded')]);
  });

  it('cannot take an id that is open, and can take it again once it is answered', () => {
    rig.startAwaited('first', 'echo\u001f0\u001f77');
    expect(() => {
      rig.startAwaited('second', 'echo\u001f0\u001f77');
    }).toThrow(/durable call id in use/);
    rig.network.run();
    rig.startAwaited('third', 'echo\u001f0\u001f77');
    rig.network.run();
    expect(rig.log().slice(1)).toEqual([reply('first'), reply('third')]);
  });

  it('still has its cleanup when its callback traps', () => {
    rig.network.faults.add({ method: 'echo' }, { kind: 'trapCallback', message: 'made up' });
    rig.startAwaited('unlucky', 'echo\u001f0\u001f77');
    rig.network.run();
    expect(rig.log().slice(1)).toEqual([{ kind: 'cleanup', tag: 'unlucky' }]);
    rig.network.faults.clear();
    rig.startAwaited('lucky', 'echo\u001f0\u001f77');
    rig.network.run();
    expect(rig.log().slice(2)).toEqual([reply('lucky')]);
  });

  it('gets its own reply among more open calls than the registry starts with room for', () => {
    const count = Number(placeholders['FIRST_CAPACITY']) + 10;
    const many = new Rig(module, { queueCapacity: 2 * count });
    many.network.run();
    const answered = [0, 1, 1_000, count - 1];
    for (const index of answered) {
      many.network.faults.add({ method: 'echo', nth: index + 1 }, { kind: 'delayReply', milliseconds: 1 });
    }
    many.network.faults.add({ method: 'echo' }, { kind: 'delayReply', milliseconds: 3_600_000 });
    many.startAwaited('call', 'echo', count);
    many.network.runFor(1_000);
    expect(many.log().slice(1)).toEqual(answered.map((index) => reply(`call ${index}`)));
  });
});
