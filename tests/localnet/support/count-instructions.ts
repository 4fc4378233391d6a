// Prints the instructions of every step of a fixed scenario. A program of its own, so that any Node can run it.
import { IDL } from '@dfinity/candid';
import { motokoModule } from '../motoko/motoko-network.ts';
import { program, type Program } from './program.ts';
import { depthArgument, endless, recursions, recursiveCanister } from './recursive-canister.ts';
import { TestNetwork, user } from './test-network.ts';

const nothing = new Uint8Array();

function attempt(act: () => unknown): void {
  try {
    act();
  } catch {
    // What fails is counted too.
  }
}

/** Calls, traps, cleanups, loops, growing memories, timers and composite queries. */
function programs(net: TestNetwork): void {
  const [one, other] = [net.canister({ heartbeat: true }), net.canister()];
  const callOf = (to: typeof one, depth: number): Program => {
    if (depth === 0) return program().spin(1_000).growHeap(2).growStable(3n).writeStable(7n).reply('bottom');
    const further = { to, arg: callOf(to === one ? other : one, depth - 1), cycles: 9n };
    return program()
      .addToHeap(1n)
      .call({ ...further, onReply: program().appendArgument().reply() })
      .call({ to, arg: program().trap('x'), onReject: program().trap('y'), onCleanup: program().spin(50) })
      .setTimer(1n);
  };
  for (let depth = 0; depth < 4; depth += 1) net.submit(one, callOf(other, depth));
  net.network.runFor(5_000);
  attempt(() => net.run(one, program().loopForever()));
  const asked = program().call({ to: other, method: 'look', arg: program().spin(10), onReject: program() });
  attempt(() => net.compose(one, asked));
}

/** What a compiler with a runtime and a garbage collector does. */
function motoko(net: TestNetwork): void {
  const canisterId = net.management.createCanister();
  const module = motokoModule('counter');
  net.management.installCode(canisterId, { module, arg: IDL.encode([IDL.Nat], [5n]) });
  const update = (method: string, types: IDL.Type[] = [], values: unknown[] = []): void => {
    attempt(() => net.network.update({ sender: user, canisterId, method, arg: IDL.encode(types, values) }));
  };
  for (let time = 0; time < 20; time += 1) update('add', [IDL.Nat], [10n ** BigInt(time * 10)]);
  update('divide', [IDL.Nat, IDL.Nat], [10n ** 60n, 7n]);
  update('trapAfterAwait');
  update('countLater', [IDL.Nat64, IDL.Bool], [1_000_000_000n, true]);
  update('forever');
  net.network.runFor(3_000);
  net.management.installCode(canisterId, { mode: 'upgrade', module, arg: IDL.encode([IDL.Nat], [0n]) });
  attempt(() => net.network.query({ sender: user, canisterId, method: 'read', arg: IDL.encode([], []) }));
  attempt(() => net.network.query({ sender: user, canisterId, method: 'absent', arg: nothing }));
}

/** How deep a canister gets before its stack is full, in code that is cold and in code that is hot. */
function recursion(net: TestNetwork): void {
  const canisterId = net.management.createCanister();
  const install = (depth?: number): void => {
    const arg = depth === undefined ? nothing : depthArgument(depth);
    attempt(() => {
      net.management.installCode(canisterId, { mode: 'reinstall', module: recursiveCanister(), arg });
    });
  };
  install(endless);
  install(1_000);
  for (const method of [...recursions, 'callback']) {
    for (const depth of [10, 2_000, endless, endless, endless, 1_000]) {
      attempt(() => net.network.update({ sender: user, canisterId, method, arg: depthArgument(depth) }));
    }
  }
}

/** One line for each step: what it was, how it ended and its instructions. */
export function countInstructions(): string {
  const lines: string[] = [];
  for (const scenario of [programs, motoko, recursion]) {
    // Limits that endless loops reach soon.
    const net = new TestNetwork({ instructionLimits: { update: 3_000_000n, query: 1_000_000n } });
    scenario(net);
    for (const event of net.events) {
      if (event.event !== 'step') continue;
      lines.push(`${event.kind} ${event.method} ${event.outcome} ${event.instructions}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

if (process.argv.includes('--print')) process.stdout.write(countInstructions());
