import type { Marks } from '../shared/marks.ts';
import { isSpoiling } from './answers.ts';
import { describeFault } from './faults.ts';
import type { CallFault, Fault, MessageFault } from './faults.ts';
import type { VirtualTime } from './virtual-time.ts';

/** A call that was made, named as faults name it. */
export interface CallMade {
  readonly method: string;
  /** Counted from 1 among the calls of this method. */
  readonly nth: number;
  readonly isBounded: boolean;
}

/** The faults of a schedule: counts messages and calls, and says which of them go wrong. */
export class Disturbances {
  readonly callsMade: CallMade[] = [];
  /** Messages so far, responses and queries not included. */
  messages = 0;
  /** Replies that reached the Manager as something else; each may be noted as a defect. */
  spoiltReplies = 0;
  private readonly ofCalls = new Map<string, CallFault>();
  private readonly ofMessages = new Map<number, MessageFault[]>();
  private readonly callCounts = new Map<string, number>();
  /** Faults of calls made by the message that is running, in the order of the calls. */
  private ofRunningMessage: (CallFault | undefined)[] = [];

  constructor(
    private readonly time: VirtualTime,
    private readonly marks: Marks,
  ) {}

  /** From now on these go wrong; counting starts anew. */
  schedule(faults: readonly Fault[]): void {
    this.clear();
    this.callCounts.clear();
    this.callsMade.length = 0;
    this.messages = 0;
    for (const fault of faults) {
      if (fault.at === 'call') this.ofCalls.set(`${fault.method} ${fault.nth}`, fault.fault);
      else this.ofMessages.set(fault.nth, [...(this.ofMessages.get(fault.nth) ?? []), fault.fault]);
    }
  }

  /** Nothing goes wrong any more. */
  clear(): void {
    this.ofCalls.clear();
    this.ofMessages.clear();
  }

  /** The next message begins. @returns what happens before it, or to it */
  meetMessage(): readonly MessageFault[] {
    this.messages += 1;
    return this.ofMessages.get(this.messages) ?? [];
  }

  /** The running message makes a call. @returns whether the system refuses to take it */
  meetCall(method: string, isBounded: boolean): boolean {
    const nth = (this.callCounts.get(method) ?? 0) + 1;
    this.callCounts.set(method, nth);
    this.callsMade.push({ method, nth, isBounded });
    const fault = this.ofCalls.get(`${method} ${nth}`);
    this.ofRunningMessage.push(fault);
    if (fault?.kind === 'notEnqueued') this.struck(fault, method);
    return fault?.kind === 'notEnqueued';
  }

  /** The message has ended. @returns what goes wrong with each of the calls that were taken, in their order */
  faultsOfCalls(): (CallFault | undefined)[] {
    const faults = this.ofRunningMessage.filter((fault) => fault?.kind !== 'notEnqueued');
    this.ofRunningMessage = [];
    return faults;
  }

  /** Counts a fault that really strikes. */
  struck(fault: CallFault | MessageFault, where: string): void {
    if (isSpoiling(fault)) this.spoiltReplies += 1;
    this.marks.hit(`fault ${fault.kind}${fault.kind === 'reject' ? ` ${fault.code}` : ''}`);
    this.time.note(() => `fault ${describeFault(fault)} at ${where}`);
  }
}
