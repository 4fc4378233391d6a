import { isManagementCanister } from './canister-ids.ts';
import { executeManagementCall } from './execute-management.ts';
import { executeNativeCall, findNative } from './execute-native.ts';
import { executeCall, type IncomingCall, refuse, type StepOutcome } from './execute-request.ts';
import { executeResponse } from './execute-response.ts';
import { executeSystemTask } from './execute-system-task.ts';
import { expiredRequest } from './ingress-history.ts';
import { inductionRefusal, originOf } from './messages.ts';
import type { WorkItem } from './scheduler.ts';
import type { RequestMessage } from './state.ts';
import type { World } from './world.ts';

/** Executes what the scheduler has picked. @returns undefined when there was nothing to execute after all */
export function executeItem(world: World, item: WorkItem): StepOutcome | undefined {
  if (item.kind === 'task') return executeSystemTask(world, item.task);
  const { message } = item;
  switch (message.kind) {
    case 'response':
      return executeResponse(world, message);
    case 'ingress': {
      const call: IncomingCall = {
        origin: { kind: 'ingress', ingressId: message.ingressId },
        caller: message.sender,
        callerInfo: message.callerInfo,
        receiver: message.receiver,
        method: message.method,
        arg: message.arg,
        cycles: 0n,
        fault: message.fault,
      };
      const expired = expiredRequest(world.state, message.ingressId);
      return expired === undefined ? executeIncoming(world, call, undefined) : refuse(world, call, expired);
    }
    case 'request':
      return executeRequest(world, message);
  }
}

function executeRequest(world: World, message: RequestMessage): StepOutcome {
  world.emit({
    event: 'callDelivered',
    step: world.state.executedSteps,
    caller: message.sender.toText(),
    callee: message.receiver.toText(),
    method: message.method,
    callbackId: message.callbackId,
  });
  const call: IncomingCall = {
    origin: originOf(message),
    caller: message.sender,
    receiver: message.receiver,
    method: message.method,
    arg: message.arg,
    cycles: message.cycles,
    fault: message.fault,
  };
  const refusal = message.place === 'outputQueue' ? inductionRefusal(world, message.receiver) : undefined;
  return refusal === undefined
    ? executeIncoming(world, call, message.senderVersion)
    : refuse(world, call, refusal);
}

function executeIncoming(world: World, call: IncomingCall, senderVersion: bigint | undefined): StepOutcome {
  const native = findNative(world, call.receiver);
  if (native !== undefined) return executeNativeCall(world, native.native, native.canister, call);
  return isManagementCanister(call.receiver)
    ? executeManagementCall(world, call, senderVersion)
    : executeCall(world, call);
}
