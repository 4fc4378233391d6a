import type { Principal } from '@dfinity/principal';
import { rejectionOf, type Rejection } from '../rejection.ts';
import type { LowWasmMemoryHook } from '../state.ts';

/**
 * A management call that is refused: thrown by the methods, turned by the dispatcher into a reject with all attached
 * cycles refunded. The texts are the replica's (dfinity/ic, `canister_manager/types.rs`), because people and
 * programs match on them.
 */
export class ManagementRejection extends Error {
  override readonly name = 'ManagementRejection';
  readonly rejection: Rejection;

  /** @param errorCode the replica's code, such as `IC0512`; its class is the reject code that canisters see. */
  constructor(errorCode: string, message: string) {
    super(message);
    this.rejection = rejectionOf(errorCode, message);
  }
}

/** The line of advice that the replica appends to an error, with its link where the error has a documented anchor. */
function advice(suggestion: string, anchor?: string): string {
  const link =
    anchor === undefined
      ? ''
      : `https://internetcomputer.org/docs/current/references/execution-errors#${anchor}`;
  return `\n${suggestion} See documentation: ${link}`;
}

export function canisterNotFound(id: Principal): ManagementRejection {
  return new ManagementRejection('IC0301', `Canister ${id.toText()} not found.`);
}

export function notController(
  id: Principal,
  controllers: readonly Principal[],
  sender: Principal,
): ManagementRejection {
  const help = advice(
    'Execute this call from a controller of the target canister or add the current caller as a controller.',
    'invalid-controller',
  );
  return new ManagementRejection(
    'IC0512',
    `Only the controllers of the canister ${id.toText()} can control it.\n` +
      `Canister's controllers: ${controllers.map((controller) => controller.toText()).join(' ')}\n` +
      `Sender's ID: ${sender.toText()}${help}`,
  );
}

export function cannotDeleteItself(id: Principal): ManagementRejection {
  const help = advice('Delete the canister from one of its other controllers.', 'delete-canister-self');
  return new ManagementRejection('IC0512', `Canister ${id.toText()} cannot delete itself.${help}`);
}

export function mustBeStopped(id: Principal): ManagementRejection {
  const help = advice('Stop the canister before deleting it.', 'delete-canister-not-stopped');
  return new ManagementRejection(
    'IC0510',
    `Canister ${id.toText()} must be stopped before it is deleted.${help}`,
  );
}

export function queuesNotEmpty(id: Principal): ManagementRejection {
  const help = advice(
    'Wait until the queues have been cleared to delete the canister and in the meantime stop the canister.',
    'delete-canister-queue-not-empty',
  );
  return new ManagementRejection(
    'IC0203',
    `Canister ${id.toText()} has messages in its queues and cannot be deleted now. ` +
      `Please retry after some time.${help}`,
  );
}

/** What whoever installs is told when the canister cannot pay for it, or would be frozen afterwards. */
export function unaffordableInstallation(outOfCycles: Rejection): Rejection {
  const help = advice('Top up the canister with more cycles.', 'install-code-not-enough-cycles');
  return rejectionOf('IC0207', `Canister installation failed with \`${outOfCycles.message}\`.${help}`);
}

export function canisterNotEmpty(id: Principal): ManagementRejection {
  const help = advice(
    "Check that you want to overwrite the canister and, if so, use mode='reinstall'.",
    'canister-not-empty',
  );
  return new ManagementRejection(
    'IC0514',
    `Canister ${id.toText()} cannot be installed because the canister is not empty. ` +
      `Try installing with mode='reinstall' instead.${help}`,
  );
}

export function notEnoughCyclesToCreate(feeCycles: bigint, sentCycles: bigint): ManagementRejection {
  const help = advice('Try sending more cycles with the request.', 'create-canister-not-enough-cycles');
  return new ManagementRejection(
    'IC0403',
    `Creating a canister requires a fee of ${feeCycles} that is deducted from the canister's initial ` +
      `balance but only ${sentCycles} cycles were received with the create_canister request.${help}`,
  );
}

export function notEnoughCyclesForAllocation(
  kind: 'compute' | 'memory',
  allocation: string,
  missingCycles: bigint,
): ManagementRejection {
  const help = advice('Top up the canister with more cycles.', `insufficient-cycles-in-${kind}-allocation`);
  return new ManagementRejection(
    kind === 'compute' ? 'IC0530' : 'IC0531',
    `Cannot increase ${kind} allocation to ${allocation} due to insufficient cycles. ` +
      `At least ${missingCycles} additional cycles are required.${help}`,
  );
}

export function notEnoughComputeCapacity(
  requestedPercent: bigint,
  availablePercent: bigint,
): ManagementRejection {
  const help = advice('Try moving to another subnet.', 'subnet-compute-capacity-oversubscribed');
  return new ManagementRejection(
    'IC0101',
    `Canister requested a compute allocation of ${requestedPercent}% which cannot be satisfied because the Subnet's ` +
      `remaining compute capacity is ${availablePercent}%.${help}`,
  );
}

export function canisterIdTaken(id: Principal): ManagementRejection {
  return new ManagementRejection(
    'IC0205',
    `Unsuccessful canister creation: canister id ${id.toText()} already exists.`,
  );
}

export function idNotHostedHere(id: Principal): ManagementRejection {
  return new ManagementRejection(
    'IC0405',
    `Unsuccessful validation of specified ID: the canister ${id.toText()} is not hosted by this network.`,
  );
}

export function invalidSettings(message: string): ManagementRejection {
  const help = advice('Apply the described changes to make the settings valid.', 'invalid-settings');
  return new ManagementRejection('IC0504', `Could not validate the settings: ${message} ${help}`);
}

/** A setting outside its range; unlike {@link invalidSettings} the replica gives no prefix and no advice. */
export function settingOutOfRange(message: string): ManagementRejection {
  return new ManagementRejection('IC0504', message);
}

export function logMemoryLimit(bytes: bigint, what: 'low' | 'high', range: string): ManagementRejection {
  return new ManagementRejection(
    'IC0406',
    `The canister log memory limit ${bytes} is too ${what}. It must be ${range}.`,
  );
}

export function logsNotVisible(caller: Principal): ManagementRejection {
  return new ManagementRejection(
    'IC0406',
    `Caller ${caller.toText()} is not allowed to access canister logs`,
  );
}

export function subnetNotFound(id: Principal): ManagementRejection {
  return new ManagementRejection('IC0404', `Subnet ${id.toText()} is not part of this network.`);
}

/** Methods that need what a process on one machine has not: many nodes, their keys, other networks. */
export function notAvailableHere(method: string): ManagementRejection {
  return new ManagementRejection(
    'IC0406',
    `${method} is not available on the embedded network, which holds no threshold keys and follows no other chain. ` +
      'Test what depends on it with a canister that plays its part.',
  );
}

export function invalidPayload(message: string): ManagementRejection {
  return new ManagementRejection('IC0408', message);
}

export function undecodablePayload(cause: unknown): ManagementRejection {
  return invalidPayload(`Error decoding candid: ${cause instanceof Error ? cause.message : String(cause)}`);
}

export function chunkStoreError(message: string): ManagementRejection {
  const help = advice(
    'Use the `stored_chunks` API to check which hashes are present or top up the canister if it is low on cycles.',
    'wasm-chunk-store-error',
  );
  return new ManagementRejection('IC0504', `Error from Wasm chunk store: ${message}.${help}`);
}

export function storeCanisterNotFound(storeId: Principal, targetId: Principal): ManagementRejection {
  return new ManagementRejection(
    'IC0504',
    `InstallChunkedCode Error: Store canister ${storeId.toText()} was not found on the subnet of target canister ` +
      targetId.toText(),
  );
}

export function senderVersionFromUser(): ManagementRejection {
  return new ManagementRejection(
    'IC0504',
    'Management canister call payload includes sender canister version although the sender is not a canister.',
  );
}

export function senderVersionMismatch(claimed: bigint, actual: bigint): ManagementRejection {
  return new ManagementRejection(
    'IC0504',
    `Management canister call payload includes sender canister version ${claimed} that does not match the actual ` +
      `sender canister version ${actual}.`,
  );
}

export function onlyCanisters(method: string): ManagementRejection {
  return new ManagementRejection('IC0406', `Only canisters can call ic00 method ${method}`);
}

/** Users may ask for this only with a query call. */
export function onlyQuery(method: string): ManagementRejection {
  return new ManagementRejection('IC0406', `${method} API is not accessible via ingress in replicated mode`);
}

export function notCallableByUsers(method: string): ManagementRejection {
  return new ManagementRejection('IC0504', `${method} cannot be called by a user.`);
}

export function noSuchMethod(method: string): ManagementRejection {
  return new ManagementRejection('IC0536', `Management canister has no method '${method}'`);
}

export function noSuchQuery(method: string): ManagementRejection {
  return new ManagementRejection('IC0536', `Query method ${method} not found.`);
}

export function snapshotNotFound(id: Principal, snapshotId: string): ManagementRejection {
  const help = advice(
    'Use the `list_canister_snapshot` API to see which snapshots are present.',
    'canister-snapshot-not-found',
  );
  return new ManagementRejection(
    'IC0305',
    `Could not find the snapshot ID ${snapshotId} for canister ${id.toText()}.${help}`,
  );
}

export function snapshotOfAnotherCanister(id: Principal, snapshotId: string): ManagementRejection {
  const help = advice(
    'Use the `list_canister_snapshot` API to see which snapshots are present.',
    'canister-snapshot-invalid-ownership',
  );
  return new ManagementRejection(
    'IC0406',
    `The snapshot ${snapshotId} does not belong to canister ${id.toText()}.${help}`,
  );
}

export function notControllerOfSnapshot(
  snapshotId: string,
  id: Principal,
  sender: Principal,
): ManagementRejection {
  const help = advice('Make sure you are a controller of the canister that the snapshot belongs to.');
  return new ManagementRejection(
    'IC0406',
    `Only a controller of the canister that snapshot ${snapshotId} belongs to can load it on canister ` +
      `${id.toText()}. Sender: ${sender.toText()}.${help}`,
  );
}

/** What was taken from a canister is as it was; only uploads are put together piece by piece. */
export function snapshotImmutable(): ManagementRejection {
  return new ManagementRejection(
    'IC0409',
    'Only canister snapshots created by metadata upload can be mutated.',
  );
}

export function snapshotInconsistent(message: string): ManagementRejection {
  return invalidPayload(message);
}

/** An uploaded snapshot says of the low-memory hook what cannot be true of the canister it is loaded onto. */
export function hookInconsistent(status: LowWasmMemoryHook, isLow: boolean): ManagementRejection {
  const name = status.charAt(0).toUpperCase() + status.slice(1);
  return snapshotInconsistent(
    `Hook status (Some(${name})) of uploaded snapshot is inconsistent with the canister's state ` +
      `(hook condition satisfied: ${isLow}).`,
  );
}

export function invalidModuleInSnapshot({ code, message }: { code: string; message: string }) {
  return new ManagementRejection(code, message);
}

export function invalidSnapshotMetadata(reason: string): ManagementRejection {
  return invalidPayload(`Snapshot Metadata contains invalid data: ${reason}`);
}

export function invalidSlice(offset: bigint, size: bigint): ManagementRejection {
  return invalidPayload(
    `Invalid subslice into wasm module / main memory / stable memory: offset: ${offset}, size: ${size}`,
  );
}

export function sliceTooLarge(requested: bigint, allowed: bigint): ManagementRejection {
  return invalidPayload(`Requested slice too large: ${requested} > ${allowed}`);
}

export function notEnoughCyclesToGrow(bytes: bigint, missingCycles: bigint): ManagementRejection {
  const help = advice('Top up the canister with more cycles.', 'insufficient-cycles-in-memory-grow-1');
  return new ManagementRejection(
    'IC0532',
    `Canister cannot grow memory by ${bytes} bytes due to insufficient cycles. ` +
      `At least ${missingCycles} additional cycles are required.${help}`,
  );
}

export function notEnoughCyclesForSnapshot(id: Principal, missingCycles: bigint): ManagementRejection {
  const help = advice('Try sending more cycles with the request.');
  return new ManagementRejection(
    'IC0207',
    `Canister snapshotting failed with: \`${outOfCycles(id, missingCycles)}\`${help}`,
  );
}

/** Part of the errors of operations that the canister must pay for. */
export function outOfCycles(id: Principal, missingCycles: bigint): string {
  return (
    `Canister ${id.toText()} is out of cycles: please top up the canister with at least ${missingCycles} ` +
    'additional cycles'
  );
}

export function snapshotOfEmptyCanister(id: Principal): ManagementRejection {
  return new ManagementRejection('IC0406', `Failed to create snapshot for empty canister ${id.toText()}:`);
}

export function tooManySnapshots(id: Principal, limit: number): ManagementRejection {
  const help = advice(
    'Consider deleting an unnecessary snapshot of the specified canister before creating a new one.',
    'canister-snapshot-limit-exceeded',
  );
  return new ManagementRejection(
    'IC0406',
    `Canister ${id.toText()} has reached the maximum number of snapshots allowed: ${limit}.${help}`,
  );
}

/** Also the answer to callers who may not see a private section. */
export function noSuchCustomSection(id: Principal, name: string): ManagementRejection {
  return new ManagementRejection(
    'IC0406',
    `The canister ${id.toText()} has no metadata section with the name ${name}.`,
  );
}

export function noModuleWithMetadata(id: Principal): ManagementRejection {
  return new ManagementRejection(
    'IC0406',
    `The canister ${id.toText()} has no Wasm module and hence no metadata is available.`,
  );
}
