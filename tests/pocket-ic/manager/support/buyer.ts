import { IDL } from '@dfinity/candid';
import type { Principal } from '@dfinity/principal';
import binaryen from 'binaryen';
import { idlFactory, type CreateGreeterResult } from '../../../../src/client/generated/manager.ts';
import { operator } from '../../../support/manager-modules.ts';
import { type GreeterRequest, optional, type PicManager } from '../../../support/pocket-ic-manager.ts';
import { fromPic, toPic } from '../../../support/pocket-ic-types.ts';

const trillion = 1_000_000_000_000n;
const method = 'createGreeter';

/**
 * A canister that asks for Greeters and pays for them. Its argument is the cycles to attach (8 bytes, little-endian) and
 * the argument of `createGreeter`; it answers the cycles that came back (8 bytes) and the reply.
 */
function buyerModule(managerId: Uint8Array): Uint8Array {
  const bytes = (content: Uint8Array): string =>
    [...content].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('');
  const module = binaryen.parseText(`
    (module
      (import "ic0" "msg_arg_data_size" (func $arg_size (result i32)))
      (import "ic0" "msg_arg_data_copy" (func $arg_copy (param i32 i32 i32)))
      (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
      (import "ic0" "msg_reply" (func $reply))
      (import "ic0" "msg_cycles_refunded128" (func $cycles_refunded (param i32)))
      (import "ic0" "call_new" (func $call_new (param i32 i32 i32 i32 i32 i32 i32 i32)))
      (import "ic0" "call_data_append" (func $call_data_append (param i32 i32)))
      (import "ic0" "call_cycles_add128" (func $call_cycles_add (param i64 i64)))
      (import "ic0" "call_perform" (func $call_perform (result i32)))
      (memory $memory 1)
      (table 2 funcref)
      (elem (i32.const 0) $on_reply $on_reject)
      (data (i32.const 0) "${bytes(managerId)}")
      (data (i32.const 32) "${method}")
      (func $buy
        (call $arg_copy (i32.const 1024) (i32.const 0) (call $arg_size))
        (call $call_new (i32.const 0) (i32.const ${managerId.length}) (i32.const 32) (i32.const ${method.length})
          (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 0))
        (call $call_data_append (i32.const 1032) (i32.sub (call $arg_size) (i32.const 8)))
        (call $call_cycles_add (i64.const 0) (i64.load (i32.const 1024)))
        (if (call $call_perform) (then (unreachable))))
      (func $on_reply (param i32)
        (call $cycles_refunded (i32.const 64))
        (call $append (i32.const 64) (i32.const 8))
        (call $arg_copy (i32.const 1024) (i32.const 0) (call $arg_size))
        (call $append (i32.const 1024) (call $arg_size))
        (call $reply))
      (func $on_reject (param i32) (unreachable))
      (export "canister_update buy" (func $buy))
      (export "memory" (memory $memory)))`);
  const wasm = module.emitBinary();
  module.dispose();
  return wasm;
}

const [createGreeterType] = idlFactory({ IDL })._fields.flatMap(([name, type]) =>
  name === method ? [type] : [],
);

/** A canister that is a user, and pays with cycles. */
export class Buyer {
  private constructor(
    private readonly manager: PicManager,
    readonly id: Principal,
  ) {}

  static async create(manager: PicManager): Promise<Buyer> {
    const sender = toPic(operator);
    const canisterId = await manager.pic.createCanister({ sender, cycles: 1_000n * trillion });
    const wasm = buyerModule(manager.managerId.toUint8Array());
    await manager.pic.installCode({ canisterId, sender, wasm });
    return new Buyer(manager, fromPic(canisterId));
  }

  /** Asks for a Greeter, with so many cycles attached. */
  async buy(
    cycles: bigint,
    { idempotencyKey, greeting }: GreeterRequest = {},
  ): Promise<{ result: CreateGreeterResult; refunded: bigint }> {
    if (!createGreeterType) throw new Error(`The Manager has no method ${method}.`);
    const request = {
      idempotencyKey: optional(idempotencyKey),
      greeting: optional(greeting),
      invitationCode: [],
    };
    const attached = new Uint8Array(BigUint64Array.of(cycles).buffer);
    const reply = await this.manager.pic.updateCall({
      canisterId: toPic(this.id),
      sender: toPic(operator),
      method: 'buy',
      arg: Buffer.concat([attached, IDL.encode(createGreeterType.argTypes, [[request]])]),
    });
    const refunded = new DataView(reply.buffer, reply.byteOffset).getBigUint64(0, true);
    const [result] = IDL.decode(createGreeterType.retTypes, Uint8Array.from(reply.subarray(8)));
    return { result: result as unknown as CreateGreeterResult, refunded };
  }
}
