import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemCanisters } from '../../../src/localnet/builtin/index.ts';
import { LocalNetwork, type LocalNetworkOptions, type UpdateCall } from '../../../src/localnet/index.ts';
import {
  StateDirectory,
  StateDirError,
  type StateDirectoryOptions,
} from '../../../src/localnet/state-dir/index.ts';
import { frame } from '../../../src/localnet/state-dir/frame.ts';
import { thrownBy } from '../../support/thrown-by.ts';
import { program, type Program } from '../support/program.ts';
import { TestNetwork, user } from '../support/test-network.ts';

type Input =
  | { readonly kind: 'submit'; readonly call: UpdateCall }
  | { readonly kind: 'wait'; readonly milliseconds: number }
  | { readonly kind: 'steps'; readonly count: number };

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'state-directory-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

/** A network in a directory; `stop` is what a killed process does: nothing. */
class RecordedNetwork {
  readonly network: LocalNetwork;
  readonly stored: StateDirectory<Input>;
  readonly recovery;

  constructor(options: StateDirectoryOptions = {}, start: LocalNetwork = new LocalNetwork()) {
    this.network = start;
    this.stored = new StateDirectory<Input>(directory, options);
    this.recovery = this.stored.recover(this.network, (input) => {
      apply(this.network, input);
    });
  }

  input(input: Input): void {
    this.stored.append(input);
    apply(this.network, input);
  }

  /** Frees the directory as the death of the process would. */
  kill(): void {
    rmSync(join(directory, 'lock'));
  }
}

function apply(network: LocalNetwork, input: Input): void {
  switch (input.kind) {
    case 'submit':
      network.submitUpdate(input.call);
      break;
    case 'wait':
      network.advanceTime(input.milliseconds);
      break;
    case 'steps':
      for (let step = 0; step < input.count; step += 1) network.step();
      break;
  }
}

/** A network with two programmable canisters, to begin with. */
function startedNetwork() {
  const test = new TestNetwork();
  const canisters = [test.canister(), test.canister()] as const;
  return { network: test.network, canisters };
}

function equalStates(left: LocalNetwork, right: LocalNetwork): boolean {
  return isDeepStrictEqual(left.checkpoint(), right.checkpoint());
}

test('an empty directory holds the network as it starts, and a stopped network is found again', async () => {
  const { network, canisters } = startedNetwork();
  const first = new RecordedNetwork({}, network);
  expect(first.recovery).toEqual({ foundState: false, repeatedInputs: 0 });
  first.input({
    kind: 'submit',
    call: callOf(canisters[0], program().addToHeap(5n).writeStable(7n).reply()),
  });
  first.input({ kind: 'steps', count: 10 });
  await first.stored.close();

  const second = new RecordedNetwork();
  expect(second.recovery).toEqual({ foundState: true, repeatedInputs: 0 });
  expect(equalStates(second.network, first.network)).toBe(true);
});

test('snapshots of canisters, ledgers and messages on their way are kept as well', () => {
  const nativeCanisters = systemCanisters();
  const { network, management, canister } = testNetworkWith({ nativeCanisters });
  management.takeSnapshot(canister);
  network.submitUpdate(callOf(canister, program().call({ to: canister, arg: program().reply() })));
  network.step();
  const first = new RecordedNetwork({}, network);
  first.kill();
  const second = new RecordedNetwork({}, new LocalNetwork({ nativeCanisters }));
  expect(equalStates(second.network, network)).toBe(true);
  expect(second.network.run()).toBe(network.run());
  expect(equalStates(second.network, network)).toBe(true);
});

function testNetworkWith(options: LocalNetworkOptions) {
  const test = new TestNetwork(options);
  return { network: test.network, management: test.management, canister: test.canister() };
}

/** What a random user does. */
const inputPlan = fc.oneof(
  fc.record({
    kind: fc.constant('submit' as const),
    canister: fc.nat(1),
    calls: fc.option(fc.nat(1), { nil: undefined }),
    amount: fc.bigInt(1n, 9n),
    traps: fc.boolean(),
    timer: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('wait' as const), milliseconds: fc.nat(5_000) }),
  fc.record({ kind: fc.constant('steps' as const), count: fc.integer({ min: 1, max: 4 }) }),
);

test('whenever it is killed, the network recovers to exactly the state before', () => {
  fc.assert(
    fc.property(
      fc.array(inputPlan, { minLength: 1, maxLength: 25 }),
      fc.integer({ min: 1, max: 12 }),
      (plans, stepsPerSnapshot) => {
        const { network, canisters } = startedNetwork();
        rmSync(directory, { recursive: true });
        let running = new RecordedNetwork({ stepsPerSnapshot }, network);
        const inputs = plans.map((plan): Input => {
          if (plan.kind !== 'submit') return plan;
          const written = program().addToHeap(plan.amount).writeStable(plan.amount).addToGlobal(plan.amount);
          if (plan.timer) written.setTimer(running.network.timeNanos + 1_000_000_000n);
          if (plan.calls !== undefined) {
            const to = canisters[plan.calls as 0 | 1];
            written.call({ to, arg: program().addToHeap(1n).reply('yes'), timeoutSeconds: 2 });
          }
          if (plan.traps) written.trap('on purpose');
          else written.reply('done');
          return { kind: 'submit', call: callOf(canisters[plan.canister as 0 | 1], written) };
        });
        for (const input of inputs) {
          running.input(input);
          running.kill();
          const recovered = new RecordedNetwork({ stepsPerSnapshot });
          if (!equalStates(recovered.network, running.network)) return false;
          running = recovered;
        }
        running.kill();
        return true;
      },
    ),
    { numRuns: 15 },
  );
});

test('an entry that was being written when the process died is dropped, all before it are kept', () => {
  const { network, canisters } = startedNetwork();
  const first = new RecordedNetwork({}, network);
  first.input({ kind: 'submit', call: callOf(canisters[0], program().addToHeap(1n).reply()) });
  const before = first.network.checkpoint();
  first.input({ kind: 'steps', count: 5 });
  first.kill();
  const journal = journalPath();
  truncateSync(journal, readFileSync(journal).length - 3);

  const second = new RecordedNetwork();
  expect(second.recovery.repeatedInputs).toBe(1);
  expect(isDeepStrictEqual(second.network.checkpoint(), before)).toBe(true);
  // What is recorded from now on begins where the whole entries end.
  second.input({ kind: 'steps', count: 5 });
  second.kill();
  const third = new RecordedNetwork();
  expect(third.recovery.repeatedInputs).toBe(2);
  expect(equalStates(third.network, second.network)).toBe(true);
});

test('a journal whose middle is damaged is refused, because acknowledged calls would be missing', () => {
  const first = new RecordedNetwork();
  for (let count = 0; count < 3; count += 1) first.input({ kind: 'wait', milliseconds: 10 });
  first.kill();
  const bytes = readFileSync(journalPath());
  bytes[20] = (bytes[20] ?? 0) ^ 1;
  writeFileSync(journalPath(), bytes);
  expect(thrownBy(StateDirError, () => new RecordedNetwork())).toMatchObject({ code: 'STATE_DIR_DAMAGED' });
});

test('a damaged snapshot is refused', () => {
  new RecordedNetwork().kill();
  const [name] = readdirSync(directory).filter((file) => file.startsWith('snapshot-'));
  const path = join(directory, name ?? '');
  const bytes = readFileSync(path);
  bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
  writeFileSync(path, bytes);
  expect(thrownBy(StateDirError, () => new RecordedNetwork())).toMatchObject({ code: 'STATE_DIR_DAMAGED' });
});

test('a recording that does not repeat is refused rather than continued', () => {
  const { network, canisters } = startedNetwork();
  const first = new RecordedNetwork({}, network);
  // Applied, but not recorded: as if another version had executed more than this one does.
  apply(first.network, { kind: 'submit', call: callOf(canisters[0], program().reply()) });
  first.input({ kind: 'steps', count: 1 });
  first.kill();
  expect(thrownBy(StateDirError, () => new RecordedNetwork())).toMatchObject({ code: 'STATE_DIR_DIVERGED' });
});

test('two processes never work in one directory', async () => {
  const first = new RecordedNetwork();
  expect(thrownBy(StateDirError, () => new RecordedNetwork())).toMatchObject({ code: 'STATE_DIR_IN_USE' });
  await first.stored.close();
  const second = new RecordedNetwork();
  expect(second.recovery.foundState).toBe(true);
});

test('closing a directory twice does not let others into it while its next user works', async () => {
  const first = new RecordedNetwork();
  await first.stored.close();
  const second = new RecordedNetwork();
  await first.stored.close();
  expect(thrownBy(StateDirError, () => new RecordedNetwork())).toMatchObject({ code: 'STATE_DIR_IN_USE' });
  await second.stored.close();
});

test('a state that could not be read back is not written', () => {
  const state = new Uint8Array(2 ** 31);
  expect(thrownBy(StateDirError, () => frame(state))).toMatchObject({ code: 'STATE_DIR_TOO_LARGE' });
});

test('the directory does not grow without bound: an old snapshot goes with its journal', () => {
  const { network, canisters } = startedNetwork();
  const recorded = new RecordedNetwork({ stepsPerSnapshot: 2 }, network);
  for (let count = 0; count < 12; count += 1) {
    recorded.input({ kind: 'submit', call: callOf(canisters[0], program().addToHeap(1n).reply()) });
    recorded.input({ kind: 'steps', count: 4 });
  }
  expect(readdirSync(directory).filter((name) => name !== 'lock')).toHaveLength(2);
  recorded.kill();
});

test('a half-written snapshot is ignored', () => {
  const first = new RecordedNetwork();
  first.input({ kind: 'wait', milliseconds: 10 });
  first.kill();
  appendFileSync(join(directory, 'snapshot-2.bin.tmp'), 'half');
  expect(new RecordedNetwork().recovery.repeatedInputs).toBe(1);
  expect(readdirSync(directory)).not.toContain('snapshot-2.bin.tmp');
});

function callOf(canisterId: UpdateCall['canisterId'], written: Program): UpdateCall {
  return { sender: user, canisterId, method: 'run', arg: written.bytes };
}

function journalPath(): string {
  const [name] = readdirSync(directory).filter((file) => file.startsWith('journal-'));
  return join(directory, name ?? '');
}
