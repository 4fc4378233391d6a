import { IDL } from '@dfinity/candid';
import { Principal } from '@dfinity/principal';
import { candidEncoder } from '../candid/candid-encoder.ts';
import { birthTagVariable } from './birth-tag.ts';

const encodeCanisterStatusArgs = candidEncoder([IDL.Record({ canister_id: IDL.Principal })]);

/** Only what we read. */
const CanisterStatusReply = IDL.Record({
  status: IDL.Variant({ running: IDL.Null, stopping: IDL.Null, stopped: IDL.Null }),
  settings: IDL.Record({
    controllers: IDL.Vec(IDL.Principal),
    environment_variables: IDL.Opt(IDL.Vec(IDL.Record({ name: IDL.Text, value: IDL.Text }))),
  }),
  module_hash: IDL.Opt(IDL.Vec(IDL.Nat8)),
  cycles: IDL.Nat,
});

/** What only a controller is told: also how many cycles the canister has. */
export interface CanisterStatus {
  /** Whether it answers messages: a canister that was stopped keeps that state through everything but a start. */
  readonly isRunning: boolean;
  readonly controllers: readonly Uint8Array[];
  readonly moduleHash?: Uint8Array;
  readonly cycles: bigint;
  /** What the creation stamped on it, if it was the Manager's. */
  readonly birthTag?: string;
}

/** Argument of `canister_status`. */
export function encodeCanisterStatus(canisterId: Uint8Array): Uint8Array {
  return encodeCanisterStatusArgs([{ canister_id: Principal.fromUint8Array(canisterId) }]);
}

/** What `canister_status` told, or undefined when the bytes are not its reply. */
export function decodeCanisterStatus(bytes: Uint8Array): CanisterStatus | undefined {
  try {
    const [reply] = IDL.decode([CanisterStatusReply], bytes) as unknown as [
      {
        status: object;
        settings: {
          controllers: Principal[];
          environment_variables: [] | [{ name: string; value: string }[]];
        };
        module_hash: [] | [Uint8Array];
        cycles: bigint;
      },
    ];
    const isRunning = 'running' in reply.status;
    const [moduleHash] = reply.module_hash;
    const controllers = reply.settings.controllers.map((controller) => controller.toUint8Array());
    const [variables = []] = reply.settings.environment_variables;
    const birthTag = variables.find(({ name }) => name === birthTagVariable)?.value;
    return {
      isRunning,
      controllers,
      cycles: reply.cycles,
      ...(moduleHash ? { moduleHash } : {}),
      ...(birthTag === undefined ? {} : { birthTag }),
    };
  } catch {
    return undefined;
  }
}
