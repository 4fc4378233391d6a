import { IDL } from '@dfinity/candid';
import { managementCanisterId } from '../canister-ids.ts';
import { managementSignatures } from '../management/index.ts';
import type { NativeCanister } from '../native-canister.ts';
import type { CallResult } from '../rejection.ts';
import type { CreationArguments } from './cycles-ledger-types.ts';
import * as types from './cycles-minting-types.ts';
import { type Execution, type Methods, nativeCanister, query, update } from './native-methods.ts';
import type { MintingState, NotificationStage } from './notification.ts';
import { xdrPermyriadPerIcp } from './payment-delivery.ts';
import { continueNotification, notify } from './payment-notifications.ts';
import { cyclesMintingId } from './service-ids.ts';
import { contradictionIn, subnetRefusal, type SubnetWish } from './subnet-choice.ts';
import { blob, encode } from './token-types.ts';

/** What the canister waits for. Plain data. */
type Continuation = { readonly kind: 'creation'; readonly cycles: bigint } | NotificationStage;

const rateResult = IDL.Record({
  data: IDL.Record({ timestamp_seconds: IDL.Nat64, xdr_permyriad_per_icp: IDL.Nat64 }),
  hash_tree: blob,
  certificate: blob,
});
const nanosPerSecond = 1_000_000_000n;
/** Kept from the cycles of a creation that failed. Source: dfinity/ic `rs/nns/cmc/src/lib.rs`. */
const failedCreationPenaltyCycles = 100_000_000n;
/** Less than this is refused without a penalty. Source: dfinity/ic `rs/nns/cmc/src/main.rs`. */
const leastCreationCycles = 100_000_000_000n;

const methods: Methods<MintingState> = {
  get_default_subnets: query(undefined, IDL.Vec(IDL.Principal), ({ subnetId }) => [subnetId]),
  get_subnet_types_to_subnets: query(
    undefined,
    IDL.Record({ data: IDL.Vec(IDL.Tuple(IDL.Text, IDL.Vec(IDL.Principal))) }),
    () => ({ data: [] }),
  ),
  get_principals_authorized_to_create_canisters_to_subnets: query(
    undefined,
    IDL.Record({ data: IDL.Vec(IDL.Tuple(IDL.Principal, IDL.Vec(IDL.Principal))) }),
    () => ({ data: [] }),
  ),
  get_icp_xdr_conversion_rate: query(undefined, rateResult, ({ timeNanos }) => ({
    data: {
      timestamp_seconds: timeNanos / nanosPerSecond,
      xdr_permyriad_per_icp: xdrPermyriadPerIcp,
    },
    hash_tree: new Uint8Array(0),
    certificate: new Uint8Array(0),
  })),
  [types.creationMethod]: update(types.creationArgument, types.creationResult, create),
  notify_top_up: notify('notify_top_up'),
  notify_create_canister: notify('notify_create_canister'),
  notify_mint_cycles: notify('notify_mint_cycles'),
};

/** The cycles minting canister: turns ICP into cycles, and creates canisters for the cycles ledger. */
export function cyclesMinting(): NativeCanister {
  return nativeCanister<MintingState>({
    id: cyclesMintingId,
    initialState: () => ({ notifications: new Map() }),
    methods,
    onResponse: (execution, continuation, response) => {
      const stage = continuation as Continuation;
      if (stage.kind === 'creation') finishCreation(execution, stage.cycles, response);
      else continueNotification(execution, stage, response);
    },
  });
}

/**
 * Mints what the creation needs, so that the attached cycles can go back when it fails, and burns one of the two
 * amounts in the end.
 */
function create(
  execution: Execution<MintingState>,
  wanted: CreationArguments & SubnetWish,
): types.CreationResult | undefined {
  const cycles = execution.availableCycles;
  if (cycles < leastCreationCycles) return refunding(execution, 'Insufficient cycles attached.');
  const contradiction = contradictionIn(wanted);
  if (contradiction !== undefined) return refunding(execution, contradiction);
  const refusal = subnetRefusal(wanted, execution.subnetId, execution.caller);
  if (refusal !== undefined) return keepPenalty(execution, refusal);
  execution.mintCycles(cycles);
  execution.call({
    callee: managementCanisterId,
    method: 'create_canister',
    arg: managementSignatures.createCanister.encodeArgument({
      settings: [types.settingsFor(wanted.settings[0], execution.caller)],
      sender_canister_version: [],
    }),
    cycles,
    continuation: { kind: 'creation', cycles } satisfies Continuation,
  });
  return undefined;
}

function finishCreation(execution: Execution<MintingState>, cycles: bigint, response: CallResult): void {
  if (response.kind === 'reply') {
    execution.acceptCycles(cycles);
    execution.burnCycles(cycles);
    const { canister_id } = managementSignatures.createCanister.decodeResult(response.bytes);
    execution.reply(encode(types.creationResult, { Ok: canister_id }));
    return;
  }
  execution.burnCycles(execution.refundedCycles);
  const reason = types.creationFailure(execution.subnetId, response.rejection);
  execution.reply(encode(types.creationResult, keepPenalty(execution, reason)));
}

function keepPenalty(execution: Execution<MintingState>, createError: string): types.CreationResult {
  execution.acceptCycles(failedCreationPenaltyCycles);
  execution.burnCycles(failedCreationPenaltyCycles);
  return refunding(execution, createError);
}

function refunding(execution: Execution<MintingState>, create_error: string): types.CreationResult {
  return { Err: { Refunded: { refund_amount: execution.availableCycles, create_error } } };
}
