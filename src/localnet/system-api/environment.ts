import { CanisterFailure, calledTrap, contractViolation, userViolation } from '../canister-failure.ts';
import { isReplicated } from '../execution/execution-mode.ts';
import {
  maximumCertifiedDataBytes,
  maximumEnvironmentVariableNameBytes,
  maximumPrincipalBytes,
} from '../limits.ts';
import { subnetNodes } from '../fees.ts';
import { decodeText, type SystemApiHost } from './host.ts';

const encoder = new TextEncoder();
/** A byte order mark is a part of the text. */
const lossyUtf8 = new TextDecoder('utf-8', { ignoreBOM: true });
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
  const dataCertificate = (name: string): Uint8Array => {
    const { dataCertificate: certificate } = host.input;
    if (certificate === undefined)
      throw contractViolation(`ic0.${name} failed: no data certificate is present.`);
    return certificate();
  };
  return {
    canister_self_size: () => self().length,
    canister_self_copy: copier('canister_self_copy', self),
    subnet_self_size: () => subnet().length,
    subnet_self_copy: copier('subnet_self_copy', subnet),
    subnet_self_node_count: () => subnetNodes,
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
    data_certificate_present: () => (host.input.dataCertificate === undefined ? 0 : 1),
    data_certificate_size: () => dataCertificate('data_certificate_size').length,
    data_certificate_copy: (destination: number, offset: number, size: number) => {
      const certificate = dataCertificate('data_certificate_copy');
      host.copyOut('data_certificate_copy', certificate, destination, offset, size);
    },
    debug_print: (source: number, size: number) => {
      const start = source >>> 0;
      const end = start + (size >>> 0);
      // Wrong bounds print nothing: tracing never traps.
      if (end <= host.instance.memory.length) host.effects.debugPrints.push(host.read(source, size));
    },
    trap: (source: number, size: number) => {
      throw calledTrap(lossyUtf8.decode(host.read(source, size)));
    },
  };
}

/** Environment variables, numbered in the order of their names. */
export function environmentVariableFunctions(host: SystemApiHost) {
  const variables = () => host.input.canister.settings.environmentVariables;
  const nameAt = (index: number): Uint8Array => {
    const variable = variables()[index >>> 0];
    if (variable === undefined) {
      throw new CanisterFailure(
        'IC0504',
        `Environment variable index ${index >>> 0} is out of bounds. ` +
          `The number of environment variables is ${variables().length}.`,
      );
    }
    return encoder.encode(variable.name);
  };
  const readName = (functionName: string, source: number, size: number): string => {
    if (size >>> 0 > maximumEnvironmentVariableNameBytes) {
      throw userViolation(`ic0.${functionName}: Variable name is too large.`);
    }
    const name = decodeText(host.read(source, size));
    if (name === undefined) {
      throw userViolation(
        `ic0.${functionName}: Variable name is not a valid UTF-8 string.`,
        'Provide a valid UTF-8 string for the environment variable name.',
      );
    }
    return name;
  };
  const valueOf = (functionName: string, source: number, size: number): Uint8Array => {
    const name = readName(functionName, source, size);
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
      const name = readName('env_var_name_exists', source, size);
      return variables().some((candidate) => candidate.name === name) ? 1 : 0;
    },
    env_var_value_size: (source: number, size: number) => valueOf('env_var_value_size', source, size).length,
    env_var_value_copy: (
      source: number,
      nameSize: number,
      destination: number,
      offset: number,
      size: number,
    ) => {
      const value = valueOf('env_var_value_copy', source, nameSize);
      host.copyOut('env_var_value_copy', value, destination, offset, size);
    },
  };
}
