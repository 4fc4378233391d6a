import { Principal } from '@dfinity/principal';
import { chosenBy } from '../shared/dice.ts';
import type { EventLog } from '../shared/event-log.ts';
import type { Marks } from '../shared/marks.ts';
import { altered, appliesTo, describeAnswer, isSpoiling } from './answers.ts';
import { promise } from './broken-promise.ts';
import type { ManagerProgram } from './bundle-manager.ts';
import { CyclesLedger } from './cycles-ledger.ts';
import { EventQueue } from './event-queue.ts';
import { describeFault } from './faults.ts';
import type { CallFault, Fault, MessageFault } from './faults.ts';
import { canisterIdAt, IcModel } from './ic-model.ts';
import type { Answer } from './ic-model.ts';
import { operator, stranger } from './identities.ts';
import { freezingLimitCycles, ManagerCanister } from './manager-canister.ts';
import type { Executed, SentCall } from './manager-canister.ts';

/** A call that was made, named as faults name it. */
export interface CallMade {
  readonly method: string;
  /** Counted from 1 among the calls of this method. */
  readonly nth: number;
  readonly isBounded: boolean;
}

type Happening = () => void;

/** Told of everything the Manager does, so that invariants can be checked at once. */
export interface Observer {
  readonly onExecuted: (executed: Executed) => void;
  /** The effect of a call, when it happens. */
  readonly onEffect: (call: SentCall, answer: Answer) => void;
  /** Just before the response handler runs. @param isLost the handler is going to trap */
  readonly onResponse: (call: SentCall, answer: Answer, isLost: boolean) => void;
}

export type MessageKind = 'ingress' | 'timer' | 'response' | 'upgrade';

const managerIndex = 15;
const msNs = 1_000_000n;
/** More than ever happen without time passing; a worker that asks for a run in each run has as many as one likes. */
const maximumEventsAtOnce = 1_000;
/** Enough for two or three jobs at a time. */
const scarceCycles = 6_000_000_000_000n;
/** What an amply funded Manager has. */
const fundedCycles = 1_000_000_000_000_000n;

/**
 * The Manager, the subnet around it, and what happens to both, one event after the other in virtual time. That a call
 * is carried out and that it is answered are two events, so that an outcome can really be unknown.
 */
export class World {
  readonly ledger = new CyclesLedger();
  readonly ic: IcModel;
  readonly manager: ManagerCanister;
  nowNs = 1_700_000_000_000_000_000n;
  /** Calls that took effect after they had been answered SYS_UNKNOWN. */
  lateEffects = 0;
  /** Replies that reached the Manager as something else; each may be noted as a defect. */
  spoiltReplies = 0;
  /** Calls without a response yet. */
  openCalls = 0;
  observer: Observer | undefined;
  private readonly queue = new EventQueue<Happening>();
  private readonly callFaults = new Map<string, CallFault>();
  private readonly messageFaults = new Map<number, MessageFault[]>();
  private readonly callCounts = new Map<string, number>();
  /** Faults of calls made by the message that is running, in the order of the calls. */
  private faultsOfMessage: (CallFault | undefined)[] = [];
  private messages = 0;
  private sentCalls = 0;
  private attachedInFlight = 0n;
  private eventsAtOnce = 0;
  private lastEffectNs = 0n;
  private readonly methodsInFlight = new Map<number, string>();
  private stopping = false;
  private drainedUntilNs = 0n;

  constructor(
    program: ManagerProgram,
    private readonly seed: number,
    readonly log: EventLog,
    readonly marks: Marks,
    isScarce = false,
  ) {
    const id = canisterIdAt(managerIndex);
    this.ic = new IcModel(id, stranger, this.ledger);
    const surroundings = {
      nowNs: () => this.nowNs,
      refusesCall: (method: string, isBounded: boolean) => this.meetsCall(method, isBounded),
    };
    const controllers = [operator.toUint8Array()];
    this.manager = new ManagerCanister(program, id.toUint8Array(), controllers, surroundings, this.ledger);
    this.fund(isScarce ? scarceCycles : fundedCycles);
    this.executed(this.manager.install(), 'upgrade', 'install');
  }

  get managerId(): Principal {
    return Principal.fromUint8Array(this.manager.id);
  }

  /** Messages up to the last one that wrote something: later ones had nothing to do. */
  busyMessages = 0;
  readonly callsMade: CallMade[] = [];

  /** From now on these go wrong; counting starts anew. */
  schedule(faults: readonly Fault[]): void {
    this.callFaults.clear();
    this.messageFaults.clear();
    this.callCounts.clear();
    this.callsMade.length = 0;
    this.messages = 0;
    for (const fault of faults) {
      if (fault.at === 'call') this.callFaults.set(`${fault.method} ${fault.nth}`, fault.fault);
      else this.messageFaults.set(fault.nth, [...(this.messageFaults.get(fault.nth) ?? []), fault.fault]);
    }
  }

  /** Nothing goes wrong any more, and what was wrong with the subnet is over. */
  heal(): void {
    this.callFaults.clear();
    this.messageFaults.clear();
    Object.assign(this.ic.weather, { feeFactor: 1n, installsAreRateLimited: false });
    this.ic.weather.brokenModules.clear();
    this.drainedUntilNs = 0n;
    this.topUp();
    this.ic.topUpAll();
  }

  /** Something of the schedule's own at a time. */
  at(atNs: bigint, happening: Happening): void {
    this.queue.add(atNs < this.nowNs ? this.nowNs : atNs, happening);
  }

  after(milliseconds: number, happening: Happening): void {
    this.queue.add(this.nowNs + BigInt(milliseconds) * msNs, happening);
  }

  /** A user's or operator's update call. @returns what it was answered; undefined: refused or trapped */
  update(caller: Principal, method: string, args: Uint8Array, cycles = 0n): Executed | undefined {
    const traps = this.meetsMessage();
    if (this.stopping) {
      this.log.note(() => this.line(`${method}: refused, the Manager is stopping`));
      return undefined;
    }
    if (!this.manager.inspect(caller.toUint8Array(), method, args)) {
      this.log.note(() => this.line(`${method}: not let in`));
      return undefined;
    }
    this.ledger.minted += cycles;
    const balance = this.manager.balance;
    const executed = this.manager.update(caller.toUint8Array(), method, args, cycles, traps);
    // What was not accepted goes back to where it came from.
    const kept = this.manager.balance > balance ? cycles : 0n;
    this.ledger.minted -= cycles - kept;
    this.executed(executed, 'ingress', method);
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
    if (this.nowNs < endNs) this.nowNs = endNs;
  }

  /** The next event, if it is due by then. */
  step(endNs: bigint): boolean {
    const eventNs = this.queue.nextNs();
    const timerNs = this.stopping ? undefined : this.manager.nextTimerNs();
    const isTimer = timerNs !== undefined && (eventNs === undefined || timerNs <= eventNs);
    const nextNs = isTimer ? timerNs : eventNs;
    if (nextNs === undefined || nextNs > endNs) return false;
    if (nextNs > this.nowNs) {
      this.nowNs = nextNs;
      this.eventsAtOnce = 0;
    }
    this.eventsAtOnce += 1;
    promise(this.eventsAtOnce < maximumEventsAtOnce, 'the Manager comes to rest', () => `at ${this.nowNs}`);
    if (isTimer) this.fireTimer();
    else this.queue.take()?.();
    return true;
  }

  checkCycles(): void {
    const held = this.manager.balance + this.manager.prepaidCycles + this.attachedInFlight;
    this.ledger.check(held + this.ic.heldCycles());
  }

  line(text: string): string {
    return `${this.nowNs / msNs} ${text}`;
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

  private executed(executed: Executed, kind: MessageKind, what: string): void {
    this.log.note(() => {
      const { trapped, reply, reject, calls } = executed;
      const answered = reply
        ? `, replied ${reply.length} bytes`
        : reject === undefined
          ? ''
          : `, rejected: ${reject}`;
      const result =
        trapped === undefined
          ? `${executed.changes.length} writes${answered}`
          : `trapped: ${trapped.split('\n')[0] ?? ''}`;
      return this.line(
        `${kind} ${what}: ${result}${calls.map(({ method, callId }) => `, calls ${method} as ${callId}`).join('')}`,
      );
    });
    const faults = this.faultsOfMessage;
    this.faultsOfMessage = [];
    const pending = faults.filter((fault) => fault?.kind !== 'notEnqueued');
    if (executed.changes.length > 0) this.busyMessages = this.messages;
    executed.calls.forEach((call, index) => {
      this.send(call, pending[index]);
    });
    this.observer?.onExecuted(executed);
    if (executed.trapped !== undefined && !executed.trapped.endsWith('(injected)')) {
      throw new Error(`the Manager trapped in ${kind} ${what}: ${executed.trapped}`);
    }
  }

  private meetsCall(method: string, isBounded: boolean): boolean {
    const nth = (this.callCounts.get(method) ?? 0) + 1;
    this.callCounts.set(method, nth);
    this.callsMade.push({ method, nth, isBounded });
    const fault = this.callFaults.get(`${method} ${nth}`);
    this.faultsOfMessage.push(fault);
    if (fault?.kind === 'notEnqueued') this.struck(fault, method);
    return fault?.kind === 'notEnqueued';
  }

  /** @returns whether the message is to trap */
  private meetsMessage(): boolean {
    this.messages += 1;
    const faults = this.messageFaults.get(this.messages) ?? [];
    for (const fault of faults) this.strike(fault);
    return faults.some(({ kind }) => kind === 'trap');
  }

  private struck(fault: CallFault | MessageFault, where: string): void {
    if (isSpoiling(fault)) this.spoiltReplies += 1;
    this.marks.hit(`fault ${fault.kind}${fault.kind === 'reject' ? ` ${fault.code}` : ''}`);
    this.log.note(() => this.line(`fault ${describeFault(fault)} at ${where}`));
  }

  /** What happens to the Manager and the subnet by themselves. */
  strike(fault: MessageFault): void {
    this.struck(fault, `message ${this.messages}`);
    const { weather } = this.ic;
    switch (fault.kind) {
      case 'trap':
        return;
      case 'upgrade': {
        this.upgrade();
        return;
      }
      case 'stoppedUpgrade':
        this.stopping = true;
        this.upgradeWhenStopped();
        return;
      case 'clockJump':
        this.nowNs += BigInt(fault.byMs) * msNs;
        return;
      case 'drained':
        this.drain(fault.forMs);
        return;
      case 'feeRaised':
        weather.feeFactor = 5n;
        this.after(fault.forMs, () => (weather.feeFactor = 1n));
        return;
      case 'installsRateLimited':
        weather.installsAreRateLimited = true;
        this.after(fault.forMs, () => (weather.installsAreRateLimited = false));
        return;
      case 'stall': {
        const untilNs = this.nowNs + BigInt(fault.forMs) * msNs;
        if (untilNs > this.lastEffectNs) this.lastEffectNs = untilNs;
        return;
      }
      case 'canistersBurn': {
        this.ic.burnAll();
        return;
      }
      case 'templateBroken':
        for (const hash of this.ic.chunks.keys()) weather.brokenModules.add(hash);
        this.after(fault.forMs, () => {
          weather.brokenModules.clear();
        });
    }
  }

  private upgrade(): void {
    for (const method of new Set(this.methodsInFlight.values())) this.marks.hit(`upgrade during ${method}`);
    this.executed(this.manager.upgrade(), 'upgrade', 'upgrade');
  }

  /** A stop is answered when no call is open any more. */
  private upgradeWhenStopped(): void {
    if (!this.stopping || this.openCalls > 0) return;
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
    this.at(untilNs, () => {
      if (this.nowNs >= this.drainedUntilNs) this.topUp();
    });
  }

  private send(call: SentCall, scheduled: CallFault | undefined): void {
    const isBounded = call.timeoutSeconds > 0;
    const fault = appliesTo(scheduled, call) ? scheduled : undefined;
    const serial = (this.sentCalls += 1);
    this.openCalls += 1;
    this.methodsInFlight.set(serial, call.method);
    this.attachedInFlight += call.cycles;
    if (fault) this.struck(fault, `${call.method} as ${call.callId}`);
    const effectMs = this.nextEffectMs(200 + chosenBy(1_500, this.seed, serial, 1));
    const replyMs = effectMs + 200 + chosenBy(1_500, this.seed, serial, 2);
    const timeoutMs = call.timeoutSeconds * 1_000;
    if (isBounded && effectMs > timeoutMs) {
      // It waited in a queue until its deadline, and was dropped there.
      this.after(timeoutMs, () => {
        this.respondUnknown(serial, call, call.cycles);
      });
      return;
    }
    switch (fault?.kind) {
      case 'reject': {
        const { code, message, lateMs = 0 } = fault;
        const answer: Answer = { kind: 'reject', code, message, refundedCycles: call.cycles };
        this.after(effectMs, () => this.observer?.onEffect(call, answer));
        const isInTime = !isBounded || replyMs + lateMs <= timeoutMs;
        this.after(isInTime ? replyMs + lateMs : timeoutMs, () => {
          if (isInTime) this.respond(serial, call, answer);
          else this.respondUnknown(serial, call, call.cycles);
        });
        return;
      }
      case 'unknownNotApplied':
        this.after(timeoutMs, () => {
          this.respondUnknown(serial, call, call.cycles);
        });
        return;
      case 'unknownApplied':
        this.applyUnheard(effectMs, call);
        this.after(timeoutMs, () => {
          this.respondUnknown(serial, call, 0n);
        });
        return;
      case 'unknownAppliedLater':
        this.after(timeoutMs, () => {
          this.respondUnknown(serial, call, 0n);
        });
        this.applyUnheard(timeoutMs + fault.laterMs, call);
        this.lateEffects += 1;
        return;
      case 'replyDelayed':
        if (isBounded && effectMs + fault.byMs > timeoutMs) {
          this.applyUnheard(effectMs, call);
          this.after(timeoutMs, () => {
            this.respondUnknown(serial, call, 0n);
          });
          return;
        }
        this.applyAfter(effectMs, call, (answer) => {
          this.after(fault.byMs, () => {
            this.respond(serial, call, answer);
          });
        });
        return;
      default:
        this.applyAfter(effectMs, call, (answer) => {
          this.after(replyMs - effectMs, () => {
            this.respond(serial, call, altered(answer, fault), fault?.kind === 'handlerTraps');
          });
        });
    }
  }

  /** Requests of one canister to another are carried out in the order they were made. */
  private nextEffectMs(milliseconds: number): number {
    const atNs = this.nowNs + BigInt(milliseconds) * msNs;
    if (atNs > this.lastEffectNs) this.lastEffectNs = atNs;
    return Number((this.lastEffectNs - this.nowNs) / msNs);
  }

  /** Carried out, and nobody hears how: what comes back of its cycles is credited without a response. */
  private applyUnheard(milliseconds: number, call: SentCall): void {
    this.applyAfter(milliseconds, call, ({ refundedCycles }) => {
      this.attachedInFlight -= refundedCycles;
      this.manager.balance += refundedCycles;
    });
  }

  private applyAfter(milliseconds: number, call: SentCall, then: (answer: Answer) => void): void {
    this.after(milliseconds, () => {
      const answer = this.ic.call({
        method: call.method,
        args: call.args,
        cycles: call.cycles,
        nowNs: this.nowNs,
      });
      this.attachedInFlight -= call.cycles - answer.refundedCycles;
      this.log.note(() => this.line(`effect of ${call.method} ${call.callId}: ${describeAnswer(answer)}`));
      this.observer?.onEffect(call, answer);
      then(answer);
    });
  }

  /** @param refundedCycles 0 when the call was, or will be, carried out */
  private respondUnknown(serial: number, call: SentCall, refundedCycles: bigint): void {
    const message = 'Call deadline has expired.';
    this.respond(serial, call, { kind: 'reject', code: 6, message, refundedCycles });
  }

  private respond(serial: number, call: SentCall, answer: Answer, traps = false): void {
    this.openCalls -= 1;
    this.methodsInFlight.delete(serial);
    this.attachedInFlight -= answer.refundedCycles;
    const isReply = answer.kind === 'reply';
    const { refundedCycles } = answer;
    this.marks.hit(`${call.method} answered ${isReply ? 'reply' : `reject ${answer.code}`}`);
    this.observer?.onResponse(call, answer, traps);
    const response = {
      callId: call.callId,
      rejectCode: isReply ? 0 : answer.code,
      bytes: isReply ? answer.bytes : new Uint8Array(),
      message: isReply ? '' : answer.message,
      refundedCycles,
    };
    const what = `to ${call.method} ${call.callId}: ${describeAnswer(answer)}`;
    this.executed(this.manager.respond(response, call.prepaidCycles, traps), 'response', what);
    this.upgradeWhenStopped();
  }
}
