import { Principal } from '@dfinity/principal';
import { CanisterFailure, contractViolation } from '../canister-failure.ts';
import type { PendingCall } from '../execution/execution.ts';
import { isComposite } from '../execution/execution-mode.ts';
import { callPrepaymentCycles, requestFeeCycles } from '../fees.ts';
import {
  maximumCallArgumentBytes,
  maximumCallTimeoutSeconds,
  maximumMethodNameBytes,
  maximumPrincipalBytes,
  nanosPerSecond,
} from '../limits.ts';
import { type CanisterKey, canisterKey } from '../state.ts';
import { cyclesOf, decodeText, type SystemApiHost } from './host.ts';

const performed = 0;
/** `call_perform` of a call that cannot be sent: SYS_TRANSIENT. */
const notPerformed = 2;

/** Making calls to other canisters. */
export function callFunctions(host: SystemApiHost) {
  const pending = (name: string): PendingCall => {
    const call = host.effects.pendingCall;
    if (call === undefined) throw contractViolation(`ic0.${name} called when no call is under construction.`);
    return call;
  };
  const abandon = (): void => {
    host.effects.balance += host.effects.pendingCall?.cycles ?? 0n;
    host.effects.pendingCall = undefined;
  };
  const liquid = (): bigint => {
    const above = host.effects.balance - host.input.freezingLimit;
    return above > 0n ? above : 0n;
  };
  const openCallsTo = (calleeKey: CanisterKey): number => {
    let open = host.effects.calls.filter((call) => call.calleeKey === calleeKey).length;
    for (const callback of host.input.canister.callbacks.values()) {
      if (callback.calleeKey === calleeKey) open += 1;
    }
    return open;
  };
  const addCycles = (name: string, amount: bigint): void => {
    const call = pending(name);
    if (amount > liquid()) {
      const missing = amount - liquid();
      throw new CanisterFailure(
        'IC0207',
        `Canister ${host.input.canister.id.toText()} is out of cycles: please top up the canister with at least ${missing} additional cycles`,
      );
    }
    call.cycles += amount;
    host.effects.balance -= amount;
  };
  return {
    call_new: (
      calleeSource: number,
      calleeSize: number,
      nameSource: number,
      nameSize: number,
      replyFunction: number,
      replyEnvironment: number,
      rejectFunction: number,
      rejectEnvironment: number,
    ) => {
      abandon();
      if (nameSize >>> 0 > maximumMethodNameBytes) {
        throw contractViolation(
          `Size of method_name ${nameSize >>> 0} exceeds the allowed limit of ${maximumMethodNameBytes}.`,
        );
      }
      if (calleeSize >>> 0 > maximumPrincipalBytes) {
        throw new CanisterFailure('IC0504', 'Canister provided invalid principal id');
      }
      const callee = Principal.fromUint8Array(host.read(calleeSource, calleeSize));
      const method = decodeText(host.read(nameSource, nameSize));
      if (method === undefined) throw contractViolation('ic0.call_new: method name is not valid UTF-8');
      host.effects.pendingCall = {
        callee,
        method,
        methodBytes: nameSize >>> 0,
        onReply: { tableIndex: replyFunction >>> 0, environment: replyEnvironment },
        onReject: { tableIndex: rejectFunction >>> 0, environment: rejectEnvironment },
        onCleanup: undefined,
        argParts: [],
        argBytes: 0,
        cycles: 0n,
        timeoutSeconds: undefined,
      };
    },
    call_on_cleanup: (tableIndex: number, environment: number) => {
      const call = pending('call_on_cleanup');
      if (call.onCleanup !== undefined)
        throw contractViolation('ic0.call_on_cleanup can be called at most once.');
      call.onCleanup = { tableIndex: tableIndex >>> 0, environment };
    },
    call_data_append: (source: number, size: number) => {
      const call = pending('call_data_append');
      const total = call.argBytes + (size >>> 0);
      if (total > maximumCallArgumentBytes) {
        throw contractViolation(
          `Request to ${call.callee.toText()}:${call.method} has a payload size of ${total}, ` +
            `which exceeds the allowed local-subnet limit of ${maximumCallArgumentBytes}.`,
        );
      }
      call.argParts.push(host.read(source, size));
      call.argBytes = total;
    },
    call_with_best_effort_response: (timeoutSeconds: number) => {
      const call = pending('call_with_best_effort_response');
      if (call.timeoutSeconds !== undefined) {
        throw contractViolation(
          'ic0_call_with_best_effort_response failed because a timeout is already set.',
        );
      }
      const asked = BigInt(timeoutSeconds >>> 0);
      call.timeoutSeconds = asked < maximumCallTimeoutSeconds ? asked : maximumCallTimeoutSeconds;
    },
    call_cycles_add: (amount: bigint) => {
      addCycles('call_cycles_add', cyclesOf(0n, amount));
    },
    call_cycles_add128: (high: bigint, low: bigint) => {
      addCycles('call_cycles_add128', cyclesOf(high, low));
    },
    call_perform: () => {
      const call = pending('call_perform');
      const requestBytes = BigInt(call.methodBytes + call.argBytes);
      const calleeKey = canisterKey(call.callee);
      // Queries cost nothing, also those that a composite query asks.
      const prepayment = isComposite(host.input.mode)
        ? 0n
        : callPrepaymentCycles(requestBytes, host.input.callbackInstructionLimit);
      if (prepayment > liquid() || openCallsTo(calleeKey) >= host.input.queueCapacity) {
        abandon();
        return notPerformed;
      }
      const nowSecond = host.input.timeNanos / nanosPerSecond;
      host.effects.pendingCall = undefined;
      host.effects.balance -= prepayment;
      host.effects.calls.push({
        callee: call.callee,
        calleeKey,
        method: call.method,
        arg: new Uint8Array(Buffer.concat(call.argParts)),
        cycles: call.cycles,
        onReply: call.onReply,
        onReject: call.onReject,
        onCleanup: call.onCleanup,
        // Deadlines are whole seconds on the replica (`CoarseTime`).
        deadlineNanos:
          call.timeoutSeconds === undefined ? undefined : (nowSecond + call.timeoutSeconds) * nanosPerSecond,
        requestFeeCycles: requestFeeCycles(requestBytes),
      });
      return performed;
    },
  };
}
