import { maximumReplyBytes } from './limits.ts';

/*
 * What things cost on a 13-node application subnet, in cycles.
 * Source: dfinity/ic `rs/config/src/subnet_config.rs` and `rs/cycles_account_manager`; developer docs, 'Cycle costs'.
 */

export const canisterCreationFeeCycles = 500_000_000_000n;
/** Once per message execution, whatever it does. */
export const executionBaseFeeCycles = 5_000_000n;
const cyclesPerInstruction = 1n;
const ingressBaseFeeCycles = 1_200_000n;
const ingressByteFeeCycles = 2_000n;
const callBaseFeeCycles = 260_000n;
const callByteFeeCycles = 1_000n;
/**
 * Source: developer docs, 'Cycle costs' (as of 18 August 2026): what a canister's owner can read and plan with. The
 * newest replica sources have 317,500 here, and besides 10,000 per second for each canister that uses any memory
 * (`base_per_second_fee`), of which the documents do not tell.
 */
const storageFeeCyclesPerGibibyteSecond = 127_000n;
const computeFeeCyclesPerPercentSecond = 10_000_000n;
const bytesPerGibibyte = 1_073_741_824n;
const secondsPerDay = 86_400n;

/** Cost of one execution that used so many instructions. */
export function executionFeeCycles(instructions: bigint): bigint {
  return executionBaseFeeCycles + instructions * cyclesPerInstruction;
}

/** Cost of receiving a user's message; paid by the receiver. */
export function ingressFeeCycles(bytes: number): bigint {
  return ingressBaseFeeCycles + BigInt(bytes) * ingressByteFeeCycles;
}

/** Cost of sending a request to a canister; method name and argument count. */
export function requestFeeCycles(bytes: bigint): bigint {
  return callBaseFeeCycles + bytes * callByteFeeCycles;
}

/** Cost of transmitting a response; paid by the caller. */
export function responseFeeCycles(bytes: number): bigint {
  return BigInt(bytes) * callByteFeeCycles;
}

/** Prepaid at `call_perform` for the largest response that may come. */
export const prepaidResponseCycles = responseFeeCycles(maximumReplyBytes);

/** All a call costs at `call_perform`, most of which is returned with the response; what `ic0.cost_call` shows. */
export function callPrepaymentCycles(requestBytes: bigint, callbackInstructionLimit: bigint): bigint {
  return (
    requestFeeCycles(requestBytes) + prepaidResponseCycles + executionFeeCycles(callbackInstructionLimit)
  );
}

/** What a canister burns in a day by existing. */
export function idleBurnCyclesPerDay(memoryBytes: bigint, computeAllocationPercent: bigint): bigint {
  const storage = (memoryBytes * storageFeeCyclesPerGibibyteSecond * secondsPerDay) / bytesPerGibibyte;
  return storage + computeAllocationPercent * computeFeeCyclesPerPercentSecond * secondsPerDay;
}

/** How often canisters are charged for existing. Source: `duration_between_allocation_charges`. */
export const chargeIntervalSeconds = 10n;

/** What one charge takes for memory, and for the compute allocation. */
export function intervalFeesCycles(
  memoryBytes: bigint,
  computeAllocationPercent: bigint,
): { readonly memory: bigint; readonly computeAllocation: bigint } {
  return {
    memory: (memoryBytes * storageFeeCyclesPerGibibyteSecond * chargeIntervalSeconds) / bytesPerGibibyte,
    computeAllocation: computeAllocationPercent * computeFeeCyclesPerPercentSecond * chargeIntervalSeconds,
  };
}

/** The balance that must stay to pay for existing during the freezing threshold. */
export function freezingLimitFor(idleCyclesPerDay: bigint, freezingThresholdSeconds: bigint): bigint {
  return (idleCyclesPerDay * freezingThresholdSeconds + secondsPerDay - 1n) / secondsPerDay;
}

/** Nodes of the subnet, as `ic0.subnet_self_node_count` shows them; all fees are those of that size. */
export const subnetNodes = 13;
const nodes = BigInt(subnetNodes);

/** Cost of a canister HTTP request whose response may have so many bytes. */
export function httpRequestFeeCycles(requestBytes: bigint, maximumResponseBytes: bigint): bigint {
  const base = (3_000_000n + 60_000n * nodes) * nodes;
  return base + 400n * nodes * requestBytes + 800n * nodes * maximumResponseBytes;
}

/** Cost of a threshold signature or key derivation by the name of the key; undefined for keys no subnet holds. */
export function thresholdKeyFeeCycles(keyName: string): bigint | undefined {
  if (keyName === 'test_key_1' || keyName === 'dfx_test_key') return 10_000_000_000n;
  return keyName === 'key_1' ? 26_153_846_153n : undefined;
}
