import { systemApiSignatures } from '../../../src/localnet/wasm/system-api-signatures.ts';

/*
 * Wasm text with which a canister can call any function of `ic0` by its number, so that a test may call what no
 * opcode of the programmable canister was made for.
 */

const typeOf = { i: 'i32', I: 'i64' } as const;

interface SystemFunction {
  readonly name: string;
  readonly parameters: readonly ('i32' | 'i64')[];
  readonly results: readonly ('i32' | 'i64')[];
}

function typesIn(letters: string): ('i32' | 'i64')[] {
  return Array.from(letters, (letter) => typeOf[letter as keyof typeof typeOf]);
}

/** Every function a 32-bit module can import, with the types of its parameters and results. */
export const systemFunctions: readonly SystemFunction[] = [...systemApiSignatures].map(
  ([name, signature]) => {
    const [parameters = '', results = ''] = signature.split('>');
    return { name, parameters: typesIn(parameters), results: typesIn(results) };
  },
);

/** The number under which byte code names a function. @throws Error for a function that `ic0` has not got */
export function systemFunctionNumber(name: string): number {
  const number = systemFunctions.findIndex((candidate) => candidate.name === name);
  if (number < 0) throw new Error(`ic0 has no function '${name}'.`);
  return number;
}

/** Imports all functions, each as `$ic0_<name>`. */
export function importSystemFunctions(): string {
  const declared = (keyword: string, types: readonly string[]): string =>
    types.length === 0 ? '' : `(${keyword} ${types.join(' ')})`;
  return systemFunctions
    .map(
      ({ name, parameters, results }) =>
        `(import "ic0" "${name}" (func $ic0_${name} ${declared('param', parameters)} ${declared('result', results)}))`,
    )
    .join('\n');
}

/**
 * `$system`: reads a function's number and its parameters from the byte code, eight bytes each, and calls it.
 *
 * @returns the function's result as i64, 0 where it has none
 */
export function dispatchSystemFunctions(): string {
  const cases = systemFunctions.map(({ name, parameters, results }, number) => {
    const call = `(call $ic0_${name} ${parameters
      .map((type) => (type === 'i32' ? '(i32.wrap_i64 (call $u64))' : '(call $u64)'))
      .join(' ')})`;
    const [result] = results;
    const value = result === 'i32' ? `(i64.extend_i32_u ${call})` : call;
    const run = result === undefined ? `${call} (return (i64.const 0))` : `(return ${value})`;
    return `(if (i32.eq (local.get $which) (i32.const ${number})) (then ${run}))`;
  });
  return `(func $system (param $which i32) (result i64) ${cases.join('\n')} (unreachable))`;
}
