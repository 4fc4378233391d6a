import { CanisterFailure, calledTrap, contractViolation } from '../canister-failure.ts';
import { isReplicated } from '../execution/execution-mode.ts';
import {
  maximumCertifiedDataBytes,
  maximumEnvironmentVariableNameBytes,
  maximumPrincipalBytes,
} from '../limits.ts';
import { decodeText, type SystemApiHost } from './host.ts';

const encoder = new TextEncoder();
const unsignedBits = 64;
const statusNumber = { running: 1, stopping: 2, stopped: 3 } as const;

/** The canister, its network, time, counters and tracing. */
export function environmentFunctions(host: SystemApiHost) {
  const copier =
    (name: string, bytes: () => Uint8Array) =>
    (destination: number, offset: number, size: number): void => {
      host.copyOut(name, bytes(), destination, offset, size);
    };
  const self = () => host.input.canister.id.toUint8Array();
  const subnet = () => host.input.subnetId.toUint8Array();
  const rootKey = () => host.input.rootKey;
  return {
    canister_self_size: () => self().length,
    canister_self_copy: copier('canister_self_copy', self),
    subnet_self_size: () => subnet().length,
    subnet_self_copy: copier('subnet_self_copy', subnet),
    root_key_size: () => rootKey().length,
    root_key_copy: copier('root_key_copy', rootKey),
    canister_status: () => statusNumber[host.input.canister.status],
    canister_version: () => host.input.version,
    time: () => host.input.timeNanos,
    global_timer_set: (timestamp: bigint) => {
      const previous = host.effects.globalTimerNanos ?? host.input.canister.code?.globalTimerNanos ?? 0n;
      host.effects.globalTimerNanos = BigInt.asUintN(unsignedBits, timestamp);
      return previous;
    },
    performance_counter: (kind: number) => {
      const used = host.instance.instructionsUsed();
      if (kind === 0) return used;
      if (kind === 1) return host.input.earlierInstructions + used;
      throw contractViolation(`Error getting performance counter type ${kind}`);
    },
    is_controller: (source: number, size: number) => {
      if (size >>> 0 > maximumPrincipalBytes) {
        throw new CanisterFailure('IC0504', 'Canister provided invalid principal id');
      }
      const asked = Buffer.from(host.read(source, size));
      const { controllers } = host.input.canister.settings;
      return controllers.some((controller) => asked.equals(controller.toUint8Array())) ? 1 : 0;
    },
    in_replicated_execution: () => (isReplicated(host.input.mode) ? 1 : 0),
    certified_data_set: (source: number, size: number) => {
      if (size >>> 0 > maximumCertifiedDataBytes) {
        throw contractViolation(
          `ic0_certified_data_set failed because the passed data must be no larger than ${maximumCertifiedDataBytes} bytes. Found ${size >>> 0} bytes`,
        );
      }
      host.effects.certifiedData = host.read(source, size);
    },
    // The network does not certify its state yet, so no query gets a certificate.
    data_certificate_present: () => 0,
    data_certificate_size: noCertificate,
    data_certificate_copy: noCertificate,
    debug_print: (source: number, size: number) => {
      const start = source >>> 0;
      const end = start + (size >>> 0);
      // Wrong bounds print nothing: tracing never traps.
      if (end <= host.instance.memory.length) host.effects.debugPrints.push(host.read(source, size));
    },
    trap: (source: number, size: number) => {
      throw calledTrap(new TextDecoder().decode(host.read(source, size)));
    },
  };
}

function noCertificate(): never {
  throw contractViolation('ic0_data_certificate_size failed: no data certificate is present');
}

/** Environment variables, numbered in the order of their names. */
export function environmentVariableFunctions(host: SystemApiHost) {
  const variables = () => host.input.canister.settings.environmentVariables;
  const nameAt = (index: number): Uint8Array => {
    const variable = variables()[index >>> 0];
    if (variable === undefined) {
      throw contractViolation(`env_var_name index out of bounds: ${index >>> 0} of ${variables().length}`);
    }
    return encoder.encode(variable.name);
  };
  const readName = (source: number, size: number): string => {
    if (size >>> 0 > maximumEnvironmentVariableNameBytes) {
      throw contractViolation(
        `Environment variable name is too long: ${size >>> 0} of ${maximumEnvironmentVariableNameBytes} bytes`,
      );
    }
    const name = decodeText(host.read(source, size));
    if (name === undefined) throw contractViolation('Environment variable name is not valid UTF-8');
    return name;
  };
  const valueOf = (source: number, size: number): Uint8Array => {
    const name = readName(source, size);
    const variable = variables().find((candidate) => candidate.name === name);
    if (variable === undefined) {
      throw new CanisterFailure('IC0504', `Environment variable ${name} not found.`);
    }
    return encoder.encode(variable.value);
  };
  return {
    env_var_count: () => variables().length,
    env_var_name_size: (index: number) => nameAt(index).length,
    env_var_name_copy: (index: number, destination: number, offset: number, size: number) => {
      host.copyOut('env_var_name_copy', nameAt(index), destination, offset, size);
    },
    env_var_name_exists: (source: number, size: number) => {
      const name = readName(source, size);
      return variables().some((candidate) => candidate.name === name) ? 1 : 0;
    },
    env_var_value_size: (source: number, size: number) => valueOf(source, size).length,
    env_var_value_copy: (
      source: number,
      nameSize: number,
      destination: number,
      offset: number,
      size: number,
    ) => {
      host.copyOut('env_var_value_copy', valueOf(source, nameSize), destination, offset, size);
    },
  };
}
