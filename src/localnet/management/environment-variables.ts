import type { CanisterSettings } from '../canister-settings.ts';
import type { CandidEnvironmentVariable } from './candid-settings.ts';
import { maximumEnvironmentVariableBytes, maximumEnvironmentVariables } from './limits.ts';
import { invalidPayload } from './rejections.ts';
import { sha256 } from './sha256.ts';

type EnvironmentVariables = CanisterSettings['environmentVariables'];

const utf8 = new TextEncoder();

/**
 * Checks environment variables and sorts them by the bytes of their names, the order in which a canister sees them.
 *
 * @throws ManagementRejection IC0408 when there are too many, a name repeats, or a text is too long.
 */
export function environmentVariablesOf(
  variables: readonly CandidEnvironmentVariable[],
): EnvironmentVariables {
  if (new Set(variables.map(({ name }) => name)).size !== variables.length) {
    throw invalidPayload('Duplicate environment variables are not allowed');
  }
  if (variables.length > maximumEnvironmentVariables) {
    throw invalidPayload(
      `Too many environment variables: ${variables.length} (max: ${maximumEnvironmentVariables})`,
    );
  }
  for (const { name, value } of variables) {
    refuseTooLong('name', name);
    refuseTooLong('value', value);
  }
  return variables
    .map(({ name, value }) => ({ name, value }))
    .sort((a, b) => Buffer.compare(utf8.encode(a.name), utf8.encode(b.name)));
}

function refuseTooLong(part: 'name' | 'value', text: string): void {
  if (utf8.encode(text).length > maximumEnvironmentVariableBytes) {
    throw invalidPayload(
      `Environment variable ${part} "${text}" exceeds the maximum allowed length of ${maximumEnvironmentVariableBytes}.`,
    );
  }
}

/**
 * The hash that a canister's creation record carries: the representation-independent hash of the map from names to
 * values, so that anybody who knows the variables can compute it.
 */
export function environmentVariablesHash(variables: EnvironmentVariables): Uint8Array {
  const pairs = variables.map(({ name, value }) =>
    Buffer.concat([sha256(utf8.encode(name)), sha256(utf8.encode(value))]),
  );
  return sha256(...pairs.sort((a, b) => Buffer.compare(a, b)));
}
