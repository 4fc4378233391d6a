import { gzipSync } from 'node:zlib';

import { describe, expect, it } from 'vitest';

import { InvalidModuleError, type PreparedModule, prepareModule } from '../../../src/localnet/wasm/index.ts';
import { assemble, type AssembledModule, constant, f64, funcref, i32, i64, leb } from './support/assemble.ts';

const end = 0x0b;
const empty = { code: [end] };

function detailOf(uploaded: Uint8Array): string {
  try {
    prepareModule(uploaded);
  } catch (error) {
    if (!(error instanceof InvalidModuleError)) throw error;
    expect(error.code).toBe('IC0505');
    expect(error.message).toBe(`Canister's Wasm module is not valid: ${error.detail}`);
    return error.detail;
  }
  throw new Error('The module was accepted.');
}

const prepare = (parts: AssembledModule): PreparedModule => prepareModule(assemble(parts));
const repeat = (count: number, instruction: readonly number[]): number[] =>
  Array.from({ length: count }, () => instruction).flat();
const named = (count: number, name: (index: number) => string): Record<string, number> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [name(index), 0]));

/** [rule, module, what the detail says] */
const refused: [rule: string, parts: AssembledModule, detail: RegExp][] = [
  [
    'imports a function the IC has not got',
    { imports: [{ name: 'teleport' }] },
    /^Wasm module has an invalid import section\. Module imports function 'teleport' from 'ic0' that is not exported by the runtime\.$/,
  ],
  [
    'imports from another module',
    { imports: [{ module: 'env', name: 'msg_reply' }] },
    /invalid import section\. Module imports function "msg_reply" from "env", expected to be imported from one of \["ic0"\] instead\.$/,
  ],
  [
    'imports a function with other parameters',
    { imports: [{ name: 'msg_reply', parameters: [i32] }] },
    /invalid function signature\. Expected input params \[\] for 'msg_reply', got \[I32\]\.$/,
  ],
  [
    'imports a function with other results',
    { imports: [{ name: 'time', results: [i32] }] },
    /invalid function signature\. Expected return type \[I64\] for 'time', got \[I32\]\.$/,
  ],
  [
    'imports a global',
    { rawSections: { 2: [1, 3, 0x69, 0x63, 0x30, 1, 0x67, 3, i32, 0] } },
    /invalid import section\. Importing a global is not allowed\.$/,
  ],
  [
    'imports a memory',
    { rawSections: { 2: [1, 3, 0x69, 0x63, 0x30, 1, 0x6d, 2, 0, 1] } },
    /invalid import section\. Importing a memory is not allowed\.$/,
  ],
  [
    'imports a table',
    { rawSections: { 2: [1, 3, 0x69, 0x63, 0x30, 1, 0x74, 1, funcref, 0, 1] } },
    /invalid import section\. Importing a table is not allowed\.$/,
  ],
  [
    'exports an unknown canister_ function',
    { functions: [empty], exports: { canister_dance: 0 } },
    /^Wasm module has an invalid export section\. Exporting reserved function 'canister_dance' with "canister_" prefix$/,
  ],
  [
    'exports a method without a space before its name',
    { functions: [empty], exports: { canister_update: 0 } },
    /Exporting reserved function 'canister_update' with "canister_" prefix$/,
  ],
  [
    'exports a method as two kinds',
    { functions: [empty], exports: { 'canister_update greet': 0, 'canister_query greet': 0 } },
    /Duplicate function 'greet' exported multiple times with different call types: update, query, or composite_query\.$/,
  ],
  [
    'exports a method with a parameter',
    { functions: [{ parameters: [i64], code: [end] }], exports: { 'canister_query q': 0 } },
    /invalid function signature\. Expected input params \[\] for 'canister_query q', got \[I64\]\.$/,
  ],
  [
    'exports a hook with a result',
    { functions: [{ results: [f64], code: [0x00, end] }], exports: { canister_init: 0 } },
    /invalid function signature\. Expected return type \[\] for 'canister_init', got \[F64\]\.$/,
  ],
  [
    "exports one of the replica's names",
    { functions: [empty], exports: { canister_start: 0 } },
    /Exporting reserved symbol canister_start not allowed\.$/,
  ],
  [
    'exports a name the network uses for its own exports',
    { functions: [empty], exports: { 'canister mutable_global_0': 0 } },
    /Exporting reserved symbol canister mutable_global_0 not allowed\.$/,
  ],
  [
    'exports more than 1,000 methods',
    { functions: [empty], exports: named(1001, (index) => `canister_query ${index}`) },
    /^The number of exported functions called .* is 1001 which exceeds 1000\.$/,
  ],
  [
    'exports methods with names of more than 20,000 bytes together',
    { functions: [empty], exports: { ['canister_query ' + 'é'.repeat(10_001)]: 0 } },
    /^The sum of `<name>` lengths in exported functions called .* is \d+ which exceeds the allowed limit of 20000\.$/,
  ],
  [
    'has more than 50,000 functions',
    { functions: new Array<typeof empty>(50_001).fill(empty) },
    /^Wasm module defined 50001 functions which exceeds the maximum number allowed 50000\.$/,
  ],
  [
    'has more than 1,000 globals',
    { globals: new Array<number>(1001).fill(i32) },
    /^Wasm module defined 1001 globals which exceeds the maximum number allowed 1000\.$/,
  ],
  [
    'has a global that holds a reference',
    { globals: [funcref] },
    /^Wasm module has an invalid global section\. Unsupported global type: FuncRef$/,
  ],
  [
    'has a data segment that does not fit its memory',
    { memoryPages: 1, data: [{ offset: constant(65_535), bytes: [1, 2] }] },
    /^Wasm module has invalid data segment of 2 bytes at 65535$/,
  ],
  [
    'has a data segment at a negative offset',
    { memoryPages: 1, data: [{ offset: constant(-1), bytes: [1] }] },
    /^Wasm module has invalid data segment of 1 bytes at 4294967295$/,
  ],
  [
    'computes the offset of a data segment',
    { memoryPages: 1, data: [{ offset: [...constant(1), ...constant(1), 0x6a], bytes: [1] }] },
    // Engines without extended constants find it invalid themselves.
    /^Wasm module has an invalid data section\. Invalid offset expression|not allowed in constant expressions/,
  ],
  [
    'has a function that is too complex',
    { functions: [empty, { code: [...repeat(20_000, [0x10, 0]), 0x01, end] }] },
    /^Wasm module contains a function at index 1 with complexity 1000002 which exceeds the maximum complexity allowed 1000000\.$/,
  ],
  [
    'uses an instruction of a proposal the IC has not got',
    { functions: [{ code: [0x06, 0x40, end, end] }] },
    /^Wasm module contains a function at index 0 with unsupported instruction 0x6\.$/,
  ],
  [
    'uses atomics',
    { functions: [{ code: [0xfe, 0x03, 0x00, end] }] },
    /^Wasm module contains a function at index 0 with unsupported instruction 0xfe\.$/,
  ],
  [
    'is no valid Wasm',
    { functions: [{ code: [0x6a, end] }] },
    /^Wasmtime failed to validate wasm module wasmtime::Module::validate\(\) failed with .*not enough arguments on the stack/,
  ],
  [
    'calls a function that only rewriting adds',
    { functions: [{ code: [0x10, 1, end] }] },
    /^Wasmtime failed to validate wasm module/,
  ],
  ['has two memories', { rawSections: { 5: [2, 0, 1, 0, 1] } }, /2 memories but may have at most 1$/],
  ['has a 64-bit memory', { rawSections: { 5: [1, 4, 1] } }, /64-bit memory.*Compile for wasm32/],
  [
    'has a metadata section without visibility',
    { customSections: [{ name: 'icp:secret x', content: Uint8Array.of() }] },
    /^Wasm module has an invalid custom section\. Invalid custom section: Custom section 'icp:secret x' has no public\/private scope defined\.$/,
  ],
  [
    'has a metadata section without a space',
    { customSections: [{ name: 'icp:public', content: Uint8Array.of() }] },
    /'icp:' section names must have a space after the public\/private scope$/,
  ],
  [
    'has two metadata sections of one name',
    {
      customSections: [
        { name: 'icp:public x', content: Uint8Array.of() },
        { name: 'icp:private x', content: Uint8Array.of() },
      ],
    },
    /Invalid custom section: name x already exists$/,
  ],
  [
    'has more than 16 metadata sections',
    {
      customSections: Array.from({ length: 17 }, (_, index) => ({
        name: `icp:public ${index}`,
        content: Uint8Array.of(),
      })),
    },
    /^Wasm module defined 17 custom sections which exceeds the maximum number allowed 16\.$/,
  ],
  [
    'has metadata of more than 1 MiB',
    { customSections: [{ name: 'icp:public x', content: new Uint8Array(1024 * 1024) }] },
    /total size of the custom sections exceeds the maximum allowed: size 1048577 bytes, allowed 1048576 bytes$/,
  ],
  [
    'has a section whose name is not UTF-8',
    { customSections: [{ name: Uint8Array.of(0x69, 0x63, 0xff), content: Uint8Array.of() }] },
    /^Failed to decode wasm module: a name is not valid UTF-8$/,
  ],
];

describe('a module is refused when it', () => {
  it.each(refused)('%s', (_, parts, detail) => {
    expect(detailOf(assemble(parts))).toMatch(detail);
  });

  it('is neither Wasm nor gzip', () => {
    const detail = 'Failed to decode wasm module: unsupported canister module format';
    expect(detailOf(Buffer.from('hello'))).toBe(detail);
    expect(detailOf(new Uint8Array(0))).toBe(detail);
  });

  it('is gzip of something else', () => {
    expect(detailOf(gzipSync(Buffer.from('hello')))).toMatch(
      /^Wasmtime failed to validate|^Failed to decode/,
    );
  });

  it('is damaged gzip', () => {
    expect(detailOf(Uint8Array.of(0x1f, 0x8b, 0x08, 1, 2, 3))).toMatch(/^Failed to decode wasm module: /);
  });

  it('is cut off', () => {
    const whole = assemble({ functions: [empty], exports: { canister_init: 0 } });
    for (let length = 9; length < whole.length - 1; length += 1) {
      // A cut between two sections leaves functions without bodies or a smaller but whole module.
      try {
        prepareModule(whole.subarray(0, length));
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidModuleError);
      }
    }
    expect(detailOf(whole.subarray(0, whole.length - 1))).toMatch(
      /^Failed to decode wasm module: unexpected end$/,
    );
  });

  it('has more than 12 MiB of code', () => {
    const size = 12 * 1024 * 1024 + 1;
    const module = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 10, ...leb(size)];
    expect(detailOf(Buffer.concat([Uint8Array.from(module), Buffer.alloc(size)]))).toBe(
      `Wasm module code section size of ${size} exceeds the maximum allowed size of ${size - 1}.`,
    );
  });
});

describe('an accepted module', () => {
  it('tells its methods by kind and its hooks', () => {
    const module = prepare({
      functions: [empty],
      exports: {
        'canister_update greet': 0,
        'canister_update <ic-cdk internal> timer_executor': 0,
        'canister_update ': 0,
        'canister_query name of many words': 0,
        'canister_composite_query all': 0,
        canister_init: 0,
        canister_inspect_message: 0,
        canister_heartbeat: 0,
        canister_global_timer: 0,
        canister_on_low_wasm_memory: 0,
        canister_pre_upgrade: 0,
        canister_post_upgrade: 0,
        memory_helper: 0,
      },
    });
    expect([...module.updates]).toEqual(['greet', '<ic-cdk internal> timer_executor', '']);
    expect([...module.queries]).toEqual(['name of many words']);
    expect([...module.compositeQueries]).toEqual(['all']);
    expect([...module.hooks].sort()).toEqual([
      'canister_global_timer',
      'canister_heartbeat',
      'canister_init',
      'canister_inspect_message',
      'canister_on_low_wasm_memory',
      'canister_post_upgrade',
      'canister_pre_upgrade',
    ]);
  });

  it('keeps its metadata, whatever the names', () => {
    const { customSections } = prepare({
      customSections: [
        { name: 'icp:public ', content: Uint8Array.of(1) },
        { name: 'icp:private two  words', content: Uint8Array.of(2, 3) },
        { name: 'other', content: Uint8Array.of(4) },
      ],
    });
    expect([...customSections]).toEqual([
      ['', { visibility: 'public', content: Uint8Array.of(1) }],
      ['two  words', { visibility: 'private', content: Uint8Array.of(2, 3) }],
    ]);
  });

  it('counts its instructions, those that initialise globals included', () => {
    const functions = [{ code: [0x01, 0x02, 0x40, end, end] }, empty];
    expect(prepare({ functions, globals: [i32, i64] }).instructionCount).toBe(4 + 1 + 2 * 2);
  });

  it('is prepared once, gzipped or not', () => {
    const wasm = assemble({ functions: [empty], exports: { canister_init: 0 } });
    expect(prepareModule(gzipSync(wasm))).toBe(prepareModule(wasm));
  });

  it('may import the whole system API with its types', () => {
    const imports = [
      { name: 'msg_arg_data_copy', parameters: [i32, i32, i32] },
      { name: 'call_new', parameters: [i32, i32, i32, i32, i32, i32, i32, i32] },
      { name: 'msg_cycles_accept128', parameters: [i64, i64, i32] },
      { name: 'stable64_read', parameters: [i64, i64, i64] },
      { name: 'time', results: [i64] },
      { name: 'cost_sign_with_ecdsa', parameters: [i32, i32, i32, i32], results: [i32] },
    ];
    expect([...prepare({ imports }).importedFunctions]).toEqual(imports.map(({ name }) => name));
  });
});
