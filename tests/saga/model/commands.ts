import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { AttemptPhase, AttemptTicket, Outcome, SagaEvent, Verdict } from '../../../src/saga/index.ts';
import { applied } from '../support/answers.ts';
import { anyFacts, anyOutcome, anyRequest, anyVerdict } from '../support/arbitraries.ts';
import type { TestFacts } from '../support/definition.ts';
import { checkIndexes } from './check-store.ts';
import type { SagaModel } from './saga-model.ts';
import type { World } from './world.ts';

type Command = fc.Command<object, World>;

export type EngineCommands = Iterable<Command>;

/** A command by its name and what it does; the world checks itself, so there is nothing to check beforehand. */
function command(name: string, run: (world: World) => void): Command {
  return {
    check: () => true,
    run: (_model, world) => {
      run(world);
    },
    toString: () => name,
  };
}

/** A command about one of the sagas, if there is any. */
function sagaCommand(
  name: string,
  pick: number,
  run: (world: World, id: bigint, model: SagaModel) => void,
): Command {
  return command(`${name} of saga ${pick}`, (world) => {
    if (world.sagas.size === 0) return;
    const id = BigInt(pick % world.sagas.size) + 1n;
    run(world, id, world.saga(id).model);
  });
}

const pick = fc.nat(2);

const start = anyFacts.map((facts) =>
  command('start', (world) => {
    if (world.sagas.size < 3) world.start(facts);
  }),
);

const passTime = fc.oneof(fc.nat(1_000), fc.nat(2_000_000)).map((ms) =>
  command(`pass ${ms} ms`, (world) => {
    world.nowMs += ms;
  }),
);

const hopToNextWake = fc.constant(
  command('hop to the next wake', (world) => {
    world.nowMs = Math.max(world.nowMs, world.store.nextWakeMs() ?? 0);
  }),
);

/** What the worker does: serve what the indexes give, expired leases first. */
const serve = fc.integer({ min: 1, max: 3 }).map((limit) =>
  command(`serve up to ${limit}`, (world) => {
    for (const id of world.store.expiredIds(world.nowMs, limit)) {
      assert.ok(world.saga(id).model.open, 'only an open attempt has a lease');
      world.wake(id);
    }
    for (const id of world.store.dueIds(world.nowMs, limit)) {
      assert.ok(!world.saga(id).model.open, 'a saga with an open attempt waits for no turn');
      world.wake(id);
    }
  }),
);

const wakeAnyway = pick.map((which) =>
  sagaCommand('wake', which, (world, id) => {
    world.wake(id);
  }),
);

const wakeWhenDue = fc.tuple(pick, fc.option(anyFacts, { nil: undefined })).map(([which, learned]) =>
  sagaCommand('wake when due', which, (world, id, model) => {
    world.nowMs = Math.max(world.nowMs, model.dueAtMs ?? 0);
    world.wake(id, learned);
  }),
);

/** The answer the open attempt waits for. */
const answer = fc.tuple(pick, anyOutcome, anyVerdict).map(([which, outcome, verdict]) =>
  sagaCommand(`answer ${outcome.kind} or ${verdict.kind}`, which, (world, id, { open }) => {
    if (open) world.tell(id, answerTo(open.ticket, open.phase, outcome, verdict));
  }),
);

/** A late truth: the answer of an attempt that counts, or counted, as unknown. */
const answerUnknown = fc
  .tuple(pick, fc.oneof(anyOutcome, fc.constant(applied({ page: 'late' }))))
  .map(([which, outcome]) =>
    sagaCommand(`belated answer ${outcome.kind}`, which, (world, id, { unknown, doubted }) => {
      const ticket = unknown ?? doubted;
      if (ticket) world.tell(id, { type: 'outcome', ticket, outcome });
    }),
  );

/** Late and duplicate answers: any kind, to any attempt there ever was. */
const answerOld = fc
  .tuple(pick, fc.nat(), anyOutcome, anyVerdict, fc.boolean())
  .map(([which, nth, outcome, verdict, isOutcome]) =>
    sagaCommand(`old answer ${isOutcome ? outcome.kind : verdict.kind}`, which, (world, id, { tickets }) => {
      const ticket = tickets[nth % Math.max(1, tickets.length)];
      if (ticket) world.tell(id, answerTo(ticket, isOutcome ? 'execute' : 'reconcile', outcome, verdict));
    }),
  );

/** An answer from another life of the host: the serial is right, the epoch is not. */
const answerWrongEpoch = fc
  .tuple(pick, fc.constantFrom(-1, 1), anyOutcome, anyVerdict)
  .map(([which, shift, outcome, verdict]) =>
    sagaCommand('answer of a wrong epoch', which, (world, id, { open, unknown, doubted }) => {
      const ticket = open?.ticket ?? unknown ?? doubted;
      if (!ticket) return;
      const wrong = { serial: ticket.serial, epoch: ticket.epoch + shift };
      world.tell(id, answerTo(wrong, open?.phase ?? 'execute', outcome, verdict));
    }),
  );

/** Anything may be asked at any time; what is not allowed must mean nothing. */
function request(requests: fc.Arbitrary<SagaEvent<TestFacts>>): fc.Arbitrary<Command> {
  return fc.tuple(pick, requests).map(([which, event]) =>
    sagaCommand(event.type, which, (world, id) => {
      world.tell(id, event);
    }),
  );
}

const retry = request(anyRequest.retry);
const resolve = request(anyRequest.resolve);

/** What leaves little to happen afterwards comes mostly to sagas that have been through something. */
function lateRequest(requests: fc.Arbitrary<SagaEvent<TestFacts>>): fc.Arbitrary<Command> {
  return fc.tuple(pick, fc.nat(12), requests).map(([which, version, event]) =>
    sagaCommand(`${event.type} from version ${version}`, which, (world, id) => {
      if (world.saga(id).record.version >= version) world.tell(id, event);
    }),
  );
}

const cancel = lateRequest(anyRequest.cancel);
const terminate = lateRequest(anyRequest.terminate);

/** A wake-up that is not due has nothing to be put off: the indexes stay as the records say. */
const putOffNothing = pick.map((which) =>
  sagaCommand('put off nothing', which, (world, id, model) => {
    if (model.dueAtMs !== undefined && model.dueAtMs <= world.nowMs) return;
    world.store.putOffWakeUp(id, world.nowMs, world.nowMs + 1_000);
    checkIndexes(world);
  }),
);

const upgrade = fc.constant(
  command('upgrade', (world) => {
    world.epoch += 1;
    world.hostVersion += 3n;
  }),
);

/** Any sequence of what can happen to sagas. What makes progress comes more often, so that sequences get somewhere. */
export const anyCommands: fc.Arbitrary<EngineCommands> = fc.commands(
  [
    start,
    passTime,
    hopToNextWake,
    serve,
    wakeAnyway,
    wakeWhenDue,
    wakeWhenDue,
    wakeWhenDue,
    answer,
    answer,
    answer,
    answerUnknown,
    answerUnknown,
    answerOld,
    answerWrongEpoch,
    retry,
    retry,
    retry,
    cancel,
    resolve,
    resolve,
    terminate,
    putOffNothing,
    upgrade,
  ],
  { maxCommands: 120, size: 'max' },
);

function answerTo(
  ticket: AttemptTicket,
  phase: AttemptPhase,
  outcome: Outcome<TestFacts>,
  verdict: Verdict<TestFacts>,
): SagaEvent<TestFacts> {
  return phase === 'reconcile' ? { type: 'verdict', ticket, verdict } : { type: 'outcome', ticket, outcome };
}

/** Leads the newest saga so many steps far, if it can still turn back there, and cancels it then, or does not. */
export function comeFar(world: World, steps: number, isCancelled: boolean): void {
  const id = BigInt(world.sagas.size);
  const { steps: definitions } = world.definition;
  const pivot = definitions.findIndex(({ kind }) => kind === 'pivot');
  const last = pivot >= 0 ? pivot : definitions.length - 1;
  for (let step = 0; step < Math.min(steps, last); step += 1) {
    world.wake(id);
    const { open } = world.saga(id).model;
    assert.ok(open);
    world.tell(id, { type: 'outcome', ticket: open.ticket, outcome: applied() });
  }
  if (isCancelled) world.tell(id, { type: 'cancel' });
}
