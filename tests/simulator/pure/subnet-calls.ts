import { chosenBy } from '../shared/dice.ts';
import { altered, appliesTo, describeAnswer, meant } from './answers.ts';
import type { Disturbances } from './disturbances.ts';
import type { CallFault } from './faults.ts';
import type { Answer, IcModel } from './ic-model.ts';
import type { SentCall } from './manager-canister.ts';
import { msNs } from './virtual-time.ts';
import type { VirtualTime } from './virtual-time.ts';

/** Where what becomes of calls is told. */
export interface Caller {
  /** A call was carried out, or refused. */
  readonly onEffect: (call: SentCall, answer: Answer) => void;
  /** A call is answered. @param isLost the message that handles the answer is going to trap */
  readonly onAnswer: (call: SentCall, answer: Answer, isLost: boolean) => void;
  /** Cycles come back without an answer. */
  readonly onRefund: (cycles: bigint) => void;
}

/**
 * The Manager's calls on their way to the management canister and back. That a call is carried out and that it is
 * answered are two events, so that an outcome can really be unknown.
 */
export class SubnetCalls {
  /** Calls without an answer yet. */
  open = 0;
  /** Calls that took effect, or will, after their caller was told that nobody knows. */
  lateEffects = 0;
  /** Those of them that have not taken effect yet. */
  lateEffectsToCome = 0;
  /** Cycles that are under way. */
  attachedCycles = 0n;
  private sent = 0;
  private lastEffectNs = 0n;
  private readonly methods = new Map<number, string>();

  constructor(
    private readonly seed: number,
    private readonly time: VirtualTime,
    private readonly ic: IcModel,
    private readonly disturbances: Disturbances,
    private readonly caller: Caller,
  ) {}

  /** The methods that are being called now. */
  methodsUnderWay(): ReadonlySet<string> {
    return new Set(this.methods.values());
  }

  /** Nothing is carried out until then. */
  stallUntil(untilNs: bigint): void {
    if (untilNs > this.lastEffectNs) this.lastEffectNs = untilNs;
  }

  send(call: SentCall, scheduled: CallFault | undefined): void {
    const isBounded = call.timeoutSeconds > 0;
    const fault = appliesTo(scheduled, call) ? meant(scheduled, call) : undefined;
    const serial = (this.sent += 1);
    this.open += 1;
    this.methods.set(serial, call.method);
    this.attachedCycles += call.cycles;
    if (fault) this.disturbances.struck(fault, `${call.method} as ${call.callId}`);
    const effectMs = this.nextEffectMs(200 + chosenBy(1_500, this.seed, serial, 1));
    const replyMs = effectMs + 200 + chosenBy(1_500, this.seed, serial, 2);
    const timeoutMs = call.timeoutSeconds * 1_000;
    if (isBounded && effectMs > timeoutMs) {
      // It waited in a queue until its deadline, and was dropped there.
      this.answerUnknown(timeoutMs, serial, call, call.cycles);
      return;
    }
    switch (fault?.kind) {
      case 'reject': {
        const { code, message, lateMs = 0 } = fault;
        const answer: Answer = { kind: 'reject', code, message, refundedCycles: call.cycles };
        this.time.after(effectMs, () => {
          this.caller.onEffect(call, answer);
        });
        if (isBounded && replyMs + lateMs > timeoutMs) {
          this.answerUnknown(timeoutMs, serial, call, call.cycles);
        } else this.answerAfter(replyMs + lateMs, serial, call, answer);
        return;
      }
      case 'unknownNotApplied':
        this.answerUnknown(timeoutMs, serial, call, call.cycles);
        return;
      case 'unknownApplied':
        this.applyUnheard(effectMs, call);
        this.answerUnknown(timeoutMs, serial, call, 0n);
        return;
      case 'unknownAppliedLater':
        this.answerUnknown(timeoutMs, serial, call, 0n);
        this.applyUnheard(timeoutMs + fault.laterMs, call, () => (this.lateEffectsToCome -= 1));
        this.lateEffects += 1;
        this.lateEffectsToCome += 1;
        return;
      case 'replyDelayed':
        if (isBounded && effectMs + fault.byMs > timeoutMs) {
          this.applyUnheard(effectMs, call);
          this.answerUnknown(timeoutMs, serial, call, 0n);
          return;
        }
        this.applyAfter(effectMs, call, (answer) => {
          this.answerAfter(fault.byMs, serial, call, answer);
        });
        return;
      default:
        this.applyAfter(effectMs, call, (answer) => {
          const isLost = fault?.kind === 'handlerTraps';
          this.answerAfter(replyMs - effectMs, serial, call, altered(answer, fault), isLost);
        });
    }
  }

  /** Requests of one canister to another are carried out in the order they were made. */
  private nextEffectMs(milliseconds: number): number {
    const atNs = this.time.nowNs + BigInt(milliseconds) * msNs;
    if (atNs > this.lastEffectNs) this.lastEffectNs = atNs;
    return Number((this.lastEffectNs - this.time.nowNs) / msNs);
  }

  /** Carried out, and nobody hears how: what comes back of its cycles is credited without a response. */
  private applyUnheard(milliseconds: number, call: SentCall, then: () => void = () => undefined): void {
    this.applyAfter(milliseconds, call, ({ refundedCycles }) => {
      this.attachedCycles -= refundedCycles;
      this.caller.onRefund(refundedCycles);
      then();
    });
  }

  private applyAfter(milliseconds: number, call: SentCall, then: (answer: Answer) => void): void {
    this.time.after(milliseconds, () => {
      const { method, args, cycles } = call;
      const answer = this.ic.call({ method, args, cycles, nowNs: this.time.nowNs });
      this.attachedCycles -= cycles - answer.refundedCycles;
      this.time.note(() => `effect of ${method} ${call.callId}: ${describeAnswer(answer)}`);
      this.caller.onEffect(call, answer);
      then(answer);
    });
  }

  /** @param refundedCycles 0 when the call was, or will be, carried out */
  private answerUnknown(milliseconds: number, serial: number, call: SentCall, refundedCycles: bigint): void {
    const message = 'Call deadline has expired.';
    this.answerAfter(milliseconds, serial, call, { kind: 'reject', code: 6, message, refundedCycles });
  }

  private answerAfter(
    milliseconds: number,
    serial: number,
    call: SentCall,
    answer: Answer,
    isLost = false,
  ): void {
    this.time.after(milliseconds, () => {
      this.open -= 1;
      this.methods.delete(serial);
      this.attachedCycles -= answer.refundedCycles;
      this.caller.onAnswer(call, answer, isLost);
    });
  }
}
