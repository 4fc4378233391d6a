import { contractViolation } from '../canister-failure.ts';
import { callPrepaymentCycles, httpRequestFeeCycles, thresholdKeyFeeCycles } from '../fees.ts';
import { httpOutcallCostCycles } from '../http-outcall-cost.ts';
import { as64Bit, cyclesOf, decodeText, type SystemApiHost } from './host.ts';

const unsignedBits = 64;
/** The encoding of the parameters takes a tenth of it. */
const maximumOutcallParametersBytes = 1_024;
const known = 0;
const unknownAlgorithm = 1;
const unknownKey = 2;
const algorithmCount = 2;

/** The canister's balance and what things cost. */
export function cyclesFunctions(host: SystemApiHost) {
  const liquid = (): bigint => {
    const above = host.effects.balance - host.input.freezingLimit;
    return above > 0n ? above : 0n;
  };
  const keyCost = (
    source: number,
    size: number,
    algorithm: number,
    algorithms: number,
    destination: number,
  ) => {
    const keyName = decodeText(host.read(source, size));
    if (algorithm >>> 0 >= algorithms) return unknownAlgorithm;
    const cost = keyName === undefined ? undefined : thresholdKeyFeeCycles(keyName);
    if (cost === undefined) return unknownKey;
    host.writeCycles(destination, cost);
    return known;
  };
  return {
    canister_cycle_balance: () => as64Bit(host.effects.balance),
    canister_cycle_balance128: (destination: number) => {
      host.writeCycles(destination, host.effects.balance);
    },
    canister_liquid_cycle_balance128: (destination: number) => {
      host.writeCycles(destination, liquid());
    },
    cycles_burn128: (high: bigint, low: bigint, destination: number) => {
      const wanted = cyclesOf(high, low);
      const burned = wanted < liquid() ? wanted : liquid();
      host.effects.balance -= burned;
      host.effects.burnedCycles += burned;
      host.writeCycles(destination, burned);
    },
    cost_call: (methodNameSize: bigint, payloadSize: bigint, destination: number) => {
      const bytes = BigInt.asUintN(unsignedBits, methodNameSize) + BigInt.asUintN(unsignedBits, payloadSize);
      host.writeCycles(destination, callPrepaymentCycles(bytes, host.input.callbackInstructionLimit));
    },
    cost_create_canister: (destination: number) => {
      host.writeCycles(destination, host.input.creationFeeCycles);
    },
    cost_http_request: (requestSize: bigint, maximumResponseBytes: bigint, destination: number) => {
      const request = BigInt.asUintN(unsignedBits, requestSize);
      const response = BigInt.asUintN(unsignedBits, maximumResponseBytes);
      host.writeCycles(destination, httpRequestFeeCycles(request, response));
    },
    cost_http_request_v2: (source: number, size: number, destination: number) => {
      if (size >>> 0 > maximumOutcallParametersBytes) {
        throw contractViolation(`ic0.cost_http_request_v2: parameters of ${size >>> 0} bytes are too large.`);
      }
      const cost = httpOutcallCostCycles(host.read(source, size));
      if (cost === undefined) {
        throw contractViolation('ic0.cost_http_request_v2: the parameters are not valid Candid.');
      }
      host.writeCycles(destination, cost);
    },
    cost_sign_with_ecdsa: (source: number, size: number, curve: number, destination: number) =>
      keyCost(source, size, curve, 1, destination),
    cost_sign_with_schnorr: (source: number, size: number, algorithm: number, destination: number) =>
      keyCost(source, size, algorithm, algorithmCount, destination),
    cost_vetkd_derive_key: (source: number, size: number, curve: number, destination: number) =>
      keyCost(source, size, curve, 1, destination),
  };
}
