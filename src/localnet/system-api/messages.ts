import { contractViolation } from '../canister-failure.ts';
import { messageSeenByCanisters } from '../rejection.ts';
import { as64Bit, cyclesOf, decodeText, type SystemApiHost } from './host.ts';

const encoder = new TextEncoder();
const nothing = new Uint8Array(0);
const errorCodeOfReject = 'IC0406';

/** Reading the message being executed and answering it. */
export function messageFunctions(host: SystemApiHost) {
  const rejectText = (): Uint8Array => {
    const { rejection } = host.input;
    return rejection === undefined ? nothing : encoder.encode(messageSeenByCanisters(rejection));
  };
  // Empty for callers about whom nobody attests anything, and for canisters always.
  const callerInfoData = () => host.input.callerInfo?.data ?? nothing;
  const callerInfoSigner = () => host.input.callerInfo?.signer.toUint8Array() ?? nothing;
  const requireUnanswered = (name: string): void => {
    if (host.input.alreadyResponded || host.effects.response !== undefined) {
      throw contractViolation(`ic0.${name}: the call is already replied`);
    }
  };
  const available = (): bigint => {
    const answered = host.input.alreadyResponded || host.effects.response !== undefined;
    return answered ? 0n : host.input.availableCycles - host.effects.acceptedCycles;
  };
  const accept = (maximum: bigint): bigint => {
    const offered = available();
    const taken = maximum < offered ? maximum : offered;
    host.effects.acceptedCycles += taken;
    host.effects.balance += taken;
    return taken;
  };
  return {
    msg_arg_data_size: () => host.input.arg.length,
    msg_arg_data_copy: (destination: number, offset: number, size: number) => {
      host.copyOut('msg_arg_data_copy', host.input.arg, destination, offset, size);
    },
    msg_caller_size: () => host.input.caller.toUint8Array().length,
    msg_caller_copy: (destination: number, offset: number, size: number) => {
      host.copyOut('msg_caller_copy', host.input.caller.toUint8Array(), destination, offset, size);
    },
    msg_caller_info_data_size: () => callerInfoData().length,
    msg_caller_info_data_copy: (destination: number, offset: number, size: number) => {
      host.copyOut('msg_caller_info_data_copy', callerInfoData(), destination, offset, size);
    },
    msg_caller_info_signer_size: () => callerInfoSigner().length,
    msg_caller_info_signer_copy: (destination: number, offset: number, size: number) => {
      host.copyOut('msg_caller_info_signer_copy', callerInfoSigner(), destination, offset, size);
    },
    msg_reject_code: () => host.input.rejection?.rejectCode ?? 0,
    msg_reject_msg_size: () => rejectText().length,
    msg_reject_msg_copy: (destination: number, offset: number, size: number) => {
      host.copyOut('msg_reject_msg_copy', rejectText(), destination, offset, size);
    },
    msg_deadline: () => host.input.deadlineNanos,
    msg_reply_data_append: (source: number, size: number) => {
      requireUnanswered('msg_reply_data_append');
      const limit = host.input.maximumReplyBytes;
      const total = host.effects.replyBytes + (size >>> 0);
      if (total > limit) {
        throw contractViolation(
          `ic0.msg_reply_data_append: application payload size (${total}) cannot be larger than ${limit}.`,
        );
      }
      host.effects.replyParts.push(host.read(source, size));
      host.effects.replyBytes = total;
    },
    msg_reply: () => {
      requireUnanswered('msg_reply');
      host.effects.response = {
        kind: 'reply',
        bytes: new Uint8Array(Buffer.concat(host.effects.replyParts)),
      };
    },
    msg_reject: (source: number, size: number) => {
      requireUnanswered('msg_reject');
      const limit = host.input.maximumReplyBytes;
      if (size >>> 0 > limit) {
        throw contractViolation(
          `ic0.msg_reject: application payload size (${size >>> 0}) cannot be larger than ${limit}.`,
        );
      }
      const message = decodeText(host.read(source, size));
      if (message === undefined) throw contractViolation('ic0.msg_reject: invalid UTF-8 string provided');
      host.effects.response = {
        kind: 'reject',
        rejection: { rejectCode: 4, errorCode: errorCodeOfReject, message },
      };
    },
    msg_cycles_available: () => as64Bit(available()),
    msg_cycles_available128: (destination: number) => {
      host.writeCycles(destination, available());
    },
    msg_cycles_refunded: () => as64Bit(host.input.refundedCycles),
    msg_cycles_refunded128: (destination: number) => {
      host.writeCycles(destination, host.input.refundedCycles);
    },
    msg_cycles_accept: (maximum: bigint) => accept(cyclesOf(0n, maximum)),
    msg_cycles_accept128: (high: bigint, low: bigint, destination: number) => {
      host.writeCycles(destination, accept(cyclesOf(high, low)));
    },
    msg_method_name_size: () => encoder.encode(host.input.method).length,
    msg_method_name_copy: (destination: number, offset: number, size: number) => {
      host.copyOut('msg_method_name_copy', encoder.encode(host.input.method), destination, offset, size);
    },
    accept_message: () => {
      if (host.effects.accepted)
        throw contractViolation('ic0.accept_message: the function was already called.');
      host.effects.accepted = true;
    },
  };
}
