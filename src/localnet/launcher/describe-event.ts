import type { NetworkEvent, StepReport } from '../events.ts';

/**
 * An event as a line for people; undefined for events that another line tells already.
 *
 * @param event of a network
 */
export function describeEvent(event: NetworkEvent): string | undefined {
  switch (event.event) {
    case 'step':
      return describeStep(event);
    case 'callSent':
      return (
        `${column('call')} ${event.caller} calls ${event.callee} ${event.method}` +
        (event.cycles === 0n ? '' : `, ${grouped(event.cycles)} cycles attached`)
      );
    case 'debugPrint':
      return `${column('output')} ${event.canisterId} | ${event.text}`;
    case 'ingressAnswered':
      // Rejections with other codes follow a step that tells them.
      return event.result.startsWith('IC0406') ? `${column('reject')} ${event.result}` : undefined;
    case 'httpOutcallStarted':
      return `${column('outcall')} ${event.caller} asks ${event.method} ${event.url} (${event.id})`;
    case 'httpOutcallAnswered':
      return `${column('outcall')} ${event.id} is answered: ${event.result}`;
    case 'canisterStopped':
      return `${column('stopped')} ${event.canisterId}`;
    case 'canisterOutOfCycles':
      return `${column('uninstall')} ${event.canisterId} has run out of cycles`;
    case 'callExpired':
    case 'requestDropped':
      return `${column('expired')} ${event.caller} waits no longer for ${event.callee} ${event.method}`;
    case 'faultApplied':
      return `${column('fault')} ${event.action}`;
    case 'ingressReceived':
    case 'callDelivered':
    case 'responseSent':
    case 'lateResponse':
      return undefined;
  }
}

function describeStep(report: StepReport): string {
  const { kind, canisterId, method, caller, instructions, burnedCycles, outcome, error } = report;
  const costs = [
    ...(instructions === 0n ? [] : [`${grouped(instructions)} instructions`]),
    ...(burnedCycles === 0n ? [] : [`${grouped(burnedCycles)} cycles`]),
  ];
  const line =
    `${column(kind)} ${canisterId} ${method}` +
    (caller === undefined ? '' : ` by ${caller}`) +
    (costs.length === 0 ? '' : `: ${costs.join(', ')}`);
  return outcome === 'committed' ? line : `${line}\n${column(outcome)} ${error ?? ''}`;
}

const columnWidth = 14;

function column(word: string): string {
  return word.padEnd(columnWidth);
}

/** 1234567 as `1_234_567`, as it can be pasted into most languages. */
function grouped(value: bigint): string {
  return value.toString().replace(/\B(?=(\d{3})+$)/g, '_');
}
