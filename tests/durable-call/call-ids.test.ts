import { IDL } from '@dfinity/candid';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { maximumCallId, maximumCallsPerMessage } from '../../src/durable-call/call-limits.ts';
import type { NetworkCheckpoint } from '../../src/localnet/index.ts';
import { buildCaller } from './canisters/builds.ts';
import { argumentOf, Rig } from './rig.ts';

const emptyArgument = IDL.encode([], []);

/** Things that take a canister's memory back to an earlier state, and things that do not. */
const actions = [
  'send',
  'sendAndTrap',
  'upgrade',
  'reinstall',
  'takeSnapshot',
  'loadSnapshot',
  'restart',
] as const;
type Action = (typeof actions)[number];

describe('call ids', () => {
  let module: Uint8Array;
  let rig: Rig;
  let installed: NetworkCheckpoint;

  beforeAll(async () => {
    module = await buildCaller('caller');
    rig = new Rig(module);
    rig.network.run();
    installed = rig.network.checkpoint();
  });

  it('never repeat, whatever is done to the canister', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...actions), { minLength: 4, maxLength: 12 }), (schedule) => {
        rig.network.restore(installed);
        const ids: number[] = [];
        for (const action of ['send', ...schedule, 'send'] as Action[]) ids.push(...perform(action));
        expect(new Set(ids).size).toBe(ids.length);
        expect(ids.every((id) => id >= 1 && id <= maximumCallId)).toBe(true);
      }),
      { numRuns: 10 },
    );
  }, 180_000);

  function perform(action: Action): number[] {
    const { managementNow: management, caller, network } = rig;
    switch (action) {
      case 'send':
        return rig.send({ method: 'echo', count: maximumCallsPerMessage });
      case 'sendAndTrap':
        expect(() => {
          rig.sendAndTrap({ method: 'echo', count: maximumCallsPerMessage });
        }).toThrow(/told to trap/);
        return [];
      case 'upgrade':
        rig.upgrade(module);
        return [];
      case 'reinstall':
        management.installCode(caller, { mode: 'reinstall', module, arg: emptyArgument });
        return [];
      case 'takeSnapshot': {
        const [earlier] = management.listSnapshots(caller);
        management.takeSnapshot(caller, earlier === undefined ? {} : { replace: earlier.id });
        return [];
      }
      case 'loadSnapshot': {
        const [snapshot] = management.listSnapshots(caller);
        if (snapshot !== undefined) management.loadSnapshot(caller, snapshot.id);
        return [];
      }
      case 'restart':
        network.run();
        management.stopCanister(caller);
        management.startCanister(caller);
        return [];
    }
  }

  it('keep old and new calls apart over a reinstall with calls open', () => {
    rig.network.restore(installed);
    rig.network.faults.add({ method: 'echo' }, { kind: 'delayReply', milliseconds: 10_000 });
    const before = rig.send({ method: 'echo', count: maximumCallsPerMessage, payload: Uint8Array.of(1) });
    rig.managementNow.installCode(rig.caller, { mode: 'reinstall', module, arg: emptyArgument });
    const after = rig.send({ method: 'echo', count: maximumCallsPerMessage, payload: Uint8Array.of(2) });
    rig.network.runFor(60_000);

    const replies = new Map(
      rig.responses().map((entry) => [entry.callId, 'reply' in entry ? entry.reply : []]),
    );
    expect(replies.size).toBe(2 * maximumCallsPerMessage);
    for (const callId of before) expect(replies.get(callId)).toEqual(argumentOf(callId, Uint8Array.of(1)));
    for (const callId of after) expect(replies.get(callId)).toEqual(argumentOf(callId, Uint8Array.of(2)));
  });

  it('keep calls of a timeline that a snapshot undid apart from those made after it', () => {
    rig.network.restore(installed);
    const { managementNow: management, caller, network } = rig;
    network.faults.add({ method: 'echo' }, { kind: 'delayReply', milliseconds: 10_000 });
    const { id } = management.takeSnapshot(caller);
    const undone = rig.send({ method: 'echo', count: maximumCallsPerMessage, payload: Uint8Array.of(1) });
    management.loadSnapshot(caller, id);
    const after = rig.send({ method: 'echo', count: maximumCallsPerMessage, payload: Uint8Array.of(2) });
    network.runFor(60_000);

    for (const entry of rig.responses()) {
      const payload = Uint8Array.of(undone.includes(entry.callId) ? 1 : 2);
      expect(entry).toMatchObject({ rejectCode: 0, reply: argumentOf(entry.callId, payload) });
    }
    expect(rig.responses().map(({ callId }) => callId)).toEqual(expect.arrayContaining(after));
  });
});
