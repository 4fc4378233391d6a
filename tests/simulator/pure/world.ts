import { Principal } from '@dfinity/principal';
import type { EventLog } from '../shared/event-log.ts';
import type { Marks } from '../shared/marks.ts';
import { describeAnswer } from './answers.ts';
import { promise } from './broken-promise.ts';
import type { ManagerProgram } from './bundle-manager.ts';
import { CyclesLedger } from './cycles-ledger.ts';
import { Disturbances } from './disturbances.ts';
import type { Fault, MessageFault } from './faults.ts';
import { canisterIdAt, IcModel } from './ic-model.ts';
import type { Answer } from './ic-model.ts';
import { operator, stranger } from './identities.ts';
import { freezingLimitCycles, ManagerCanister } from './manager-canister.ts';
import type { Executed, SentCall, StableSnapshot } from './manager-canister.ts';
import { SubnetCalls } from './subnet-calls.ts';
import { clearUp, strikeSubnet } from './subnet-weather.ts';
import { msNs, VirtualTime } from './virtual-time.ts';

/** Told of everything the Manager does, so that invariants can be checked at once. */
export interface Observer {
  readonly onExecuted: (executed: Executed) => void;
  /** The effect of a call, when it happens. */
  readonly onEffect: (call: SentCall, answer: Answer) => void;
  /** Just before the response handler runs. @param isLost the handler is going to trap */
  readonly onResponse: (call: SentCall, answer: Answer, isLost: boolean) => void;
}

type MessageKind = 'ingress' | 'canister' | 'timer' | 'response' | 'upgrade';

/** How somebody calls the Manager. */
export interface UpdateOptions {
  /** Attached by a canister: people's calls bring none. */
  readonly cycles?: bigint;
  /** A canister calls: nobody inspects its message before it is executed. */
  readonly isFromCanister?: boolean;
}

const managerIndex = 15;
/** More than ever happen without time passing; a worker that asks for a run in each run has as many as one likes. */
const maximumEventsAtOnce = 1_000;
/** Enough for two or three jobs at a time. */
const scarceCycles = 6_000_000_000_000n;
/** What an amply funded Manager has. */
const fundedCycles = 1_000_000_000_000_000n;

/** The Manager, the subnet around it, and what happens to both, one event after the other in virtual time. */
export class World {
  readonly ledger = new CyclesLedger();
  readonly time: VirtualTime;
  readonly ic: IcModel;
  readonly manager: ManagerCanister;
  readonly disturbances: Disturbances;
  readonly calls: SubnetCalls;
  observer: Observer | undefined;
  /** Messages up to the last one that wrote something: later ones had nothing to do. */
  busyMessages = 0;
  private eventsAtOnce = 0;
  private stopping = false;
  private drainedUntilNs = 0n;

  constructor(
    program: ManagerProgram,
    seed: number,
    log: EventLog,
    readonly marks: Marks,
    isScarce = false,
  ) {
    this.time = new VirtualTime(log);
    const id = canisterIdAt(managerIndex);
    this.ic = new IcModel(id, stranger, this.ledger);
    this.disturbances = new Disturbances(this.time, marks);
    this.calls = new SubnetCalls(seed, this.time, this.ic, this.disturbances, {
      onEffect: (call, answer) => this.observer?.onEffect(call, answer),
      onAnswer: (call, answer, isLost) => {
        this.respond(call, answer, isLost);
      },
      onRefund: (cycles) => (this.manager.balance += cycles),
    });
    const surroundings = {
      nowNs: () => this.time.nowNs,
      refusesCall: (method: string, isBounded: boolean) => this.disturbances.meetCall(method, isBounded),
    };
    const controllers = [operator.toUint8Array()];
    this.manager = new ManagerCanister(program, id.toUint8Array(), controllers, surroundings, this.ledger);
    this.fund(isScarce ? scarceCycles : fundedCycles);
    this.executed(this.manager.install(), 'upgrade', 'install');
  }

  get managerId(): Principal {
    return Principal.fromUint8Array(this.manager.id);
  }

  get nowNs(): bigint {
    return this.time.nowNs;
  }

  /** From now on these go wrong; counting starts anew. */
  schedule(faults: readonly Fault[]): void {
    this.disturbances.schedule(faults);
  }

  /** Nothing goes wrong any more, and what was wrong with the subnet is over. */
  heal(): void {
    this.disturbances.clear();
    clearUp(this.ic);
    this.drainedUntilNs = 0n;
    this.topUp();
    this.ic.topUpAll();
  }

  after(milliseconds: number, happening: () => void): void {
    this.time.after(milliseconds, happening);
  }

  /** A line of the log. */
  note(text: () => string): void {
    this.time.note(text);
  }

  /** Somebody's update call. @returns what it was answered; undefined: refused or trapped */
  update(
    caller: Principal,
    method: string,
    args: Uint8Array,
    { cycles = 0n, isFromCanister = false }: UpdateOptions = {},
  ): Executed | undefined {
    const traps = this.meetsMessage();
    if (this.stopping) {
      this.note(() => `${method}: refused, the Manager is stopping`);
      return undefined;
    }
    const principal = caller.toUint8Array();
    if (!isFromCanister && !this.manager.inspect(principal, method, args)) {
      this.note(() => `${method}: not let in`);
      return undefined;
    }
    const executed = this.manager.update(principal, method, args, cycles, traps);
    // What was not accepted never left the caller.
    this.ledger.minted += executed.acceptedCycles;
    this.executed(executed, isFromCanister ? 'canister' : 'ingress', method);
    return executed.trapped === undefined ? executed : undefined;
  }

  query(caller: Principal, method: string, args: Uint8Array): Uint8Array {
    const { reply, reject, trapped } = this.manager.query(caller.toUint8Array(), method, args);
    if (!reply) throw new Error(`${method}: ${trapped ?? reject ?? 'no reply'}`);
    return reply;
  }

  /** Lets everything happen that is due within so much time. */
  run(milliseconds: number): void {
    const endNs = this.nowNs + BigInt(milliseconds) * msNs;
    while (this.step(endNs));
    if (this.nowNs < endNs) this.time.nowNs = endNs;
  }

  /** The next event, if it is due by then. */
  step(endNs: bigint): boolean {
    const eventNs = this.time.nextNs();
    const timerNs = this.stopping ? undefined : this.manager.nextTimerNs();
    const isTimer = timerNs !== undefined && (eventNs === undefined || timerNs <= eventNs);
    const nextNs = isTimer ? timerNs : eventNs;
    if (nextNs === undefined || nextNs > endNs) return false;
    if (nextNs > this.nowNs) {
      this.time.nowNs = nextNs;
      this.eventsAtOnce = 0;
    }
    this.eventsAtOnce += 1;
    promise(this.eventsAtOnce < maximumEventsAtOnce, 'the Manager comes to rest', () => `at ${this.nowNs}`);
    if (isTimer) this.fireTimer();
    else this.time.happen();
    return true;
  }

  checkCycles(): void {
    const held = this.manager.balance + this.manager.prepaidCycles + this.calls.attachedCycles;
    this.ledger.check(held + this.ic.heldCycles());
  }

  /** What the Manager has stored; undefined: it is being stopped, or was not begun. */
  takeSnapshot(): StableSnapshot | undefined {
    return this.stopping ? undefined : this.manager.takeSnapshot();
  }

  /** The Manager is set back to what it had stored, and upgraded once, as its guarantees ask. */
  restore(snapshot: StableSnapshot): void {
    this.note(() => 'the Manager is set back to a snapshot');
    this.executed(this.manager.restore(snapshot), 'upgrade', 'restored snapshot');
  }

  /** The Manager begins anew, with nothing stored. */
  reinstall(): void {
    this.note(() => 'the Manager is reinstalled');
    this.executed(this.manager.reinstall(), 'upgrade', 'reinstall');
  }

  get isStopping(): boolean {
    return this.stopping;
  }

  private topUp(): void {
    if (this.manager.balance < fundedCycles / 2n) this.fund(fundedCycles);
  }

  private fund(cycles: bigint): void {
    this.ledger.minted += cycles;
    this.manager.balance += cycles;
  }

  private fireTimer(): void {
    const traps = this.meetsMessage();
    // The fault before this message may have been an upgrade, after which no timer is due.
    const timerNs = this.manager.nextTimerNs();
    if (this.stopping || timerNs === undefined || timerNs > this.nowNs) return;
    this.executed(this.manager.fireTimer(traps), 'timer', 'timer');
  }

  private respond(call: SentCall, answer: Answer, isLost: boolean): void {
    const isReply = answer.kind === 'reply';
    this.marks.hit(`${call.method} answered ${isReply ? 'reply' : `reject ${answer.code}`}`);
    this.observer?.onResponse(call, answer, isLost);
    const response = {
      callId: call.callId,
      rejectCode: isReply ? 0 : answer.code,
      bytes: isReply ? answer.bytes : new Uint8Array(),
      message: isReply ? '' : answer.message,
      refundedCycles: answer.refundedCycles,
    };
    const what = `to ${call.method} ${call.callId}: ${describeAnswer(answer)}`;
    this.executed(this.manager.respond(response, call.prepaidCycles, isLost), 'response', what);
    this.upgradeWhenStopped();
  }

  private executed(executed: Executed, kind: MessageKind, what: string): void {
    const { trapped, changes, calls } = executed;
    this.note(() => `${kind} ${what}: ${describeExecuted(executed)}`);
    const faults = this.disturbances.faultsOfCalls();
    if (changes.length > 0) this.busyMessages = this.disturbances.messages;
    calls.forEach((call, index) => {
      this.calls.send(call, faults[index]);
    });
    this.observer?.onExecuted(executed);
    if (trapped !== undefined && !trapped.endsWith('(injected)')) {
      throw new Error(`the Manager trapped in ${kind} ${what}: ${trapped}`);
    }
  }

  /** @returns whether the message is to trap */
  private meetsMessage(): boolean {
    const faults = this.disturbances.meetMessage();
    for (const fault of faults) this.strike(fault);
    return faults.some(({ kind }) => kind === 'trap');
  }

  /** What happens to the Manager and the subnet by themselves. */
  private strike(fault: MessageFault): void {
    this.disturbances.struck(fault, `message ${this.disturbances.messages}`);
    switch (fault.kind) {
      case 'trap':
        return;
      case 'upgrade':
        this.upgrade();
        return;
      case 'stoppedUpgrade':
        this.stopping = true;
        this.upgradeWhenStopped();
        return;
      case 'clockJump':
        this.time.nowNs += BigInt(fault.byMs) * msNs;
        return;
      case 'drained':
        this.drain(fault.forMs);
        return;
      case 'stall':
        this.calls.stallUntil(this.nowNs + BigInt(fault.forMs) * msNs);
        return;
      default:
        strikeSubnet(this.ic, this.time, fault);
    }
  }

  private upgrade(): void {
    for (const method of this.calls.methodsUnderWay()) this.marks.hit(`upgrade during ${method}`);
    this.executed(this.manager.upgrade(), 'upgrade', 'upgrade');
  }

  /** A stop is answered when no call is open any more. */
  private upgradeWhenStopped(): void {
    if (!this.stopping || this.calls.open > 0) return;
    this.upgrade();
    this.stopping = false;
  }

  private drain(forMs: number): void {
    const gone = this.manager.balance - freezingLimitCycles - 1_000_000_000n;
    if (gone > 0n) {
      this.manager.balance -= gone;
      this.ledger.burned += gone;
    }
    const untilNs = this.nowNs + BigInt(forMs) * msNs;
    if (untilNs > this.drainedUntilNs) this.drainedUntilNs = untilNs;
    this.time.at(untilNs, () => {
      if (this.nowNs >= this.drainedUntilNs) this.topUp();
    });
  }
}

/** What a message did, in a few words. */
function describeExecuted({ trapped, reply, reject, changes, calls }: Executed): string {
  const sent = calls.map(({ method, callId }) => `, calls ${method} as ${callId}`).join('');
  if (trapped !== undefined) return `trapped: ${trapped.split('\n')[0] ?? ''}${sent}`;
  const answered = reply ? `, replied ${reply.length} bytes` : '';
  const refused = !reply && reject !== undefined ? `, rejected: ${reject}` : '';
  return `${changes.length} writes${answered}${refused}${sent}`;
}
