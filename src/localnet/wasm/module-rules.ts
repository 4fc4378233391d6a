import { InvalidModuleError, type ModuleAdvice } from './invalid-module-error.ts';
import { type FunctionType, type ModuleLayout, sectionIds, typeOfFunction } from './module-layout.ts';
import { exportNames } from './reserved-exports.ts';
import { systemApiSignatures } from './system-api-signatures.ts';

/** Limits of the replica (IC `embedders` configuration). */
const limits = {
  functions: 50_000,
  globals: 1_000,
  customSections: 16,
  customSectionBytes: 1024 * 1024,
  exportedMethods: 1_000,
  methodNameBytes: 20_000,
  codeSectionBytes: 12 * 1024 * 1024,
} as const;

function advice(text: string, anchor: string): ModuleAdvice {
  return { text, anchor: `wasm-module-${anchor}` };
}

const hookNames: ReadonlySet<string> = new Set([
  'canister_init',
  'canister_inspect_message',
  'canister_heartbeat',
  'canister_global_timer',
  'canister_on_low_wasm_memory',
  'canister_pre_upgrade',
  'canister_post_upgrade',
]);

/** Names the replica keeps for itself, and those the rewriting pass exports. */
const reservedNames: ReadonlySet<string> = new Set([
  'canister counter_instructions',
  'canister counter_dirty_pages',
  'canister counter_accessed_pages',
  'canister_start',
  'stable_memory',
  'stable_memory_bytemap',
  exportNames.memory,
  exportNames.table,
  exportNames.exhausted,
  exportNames.changed,
  exportNames.stackLeft,
]);

const methodExport = /^canister_(update|query|composite_query) (.*)$/s;

/** The entry points of a canister. */
export interface CanisterExports {
  readonly updates: ReadonlySet<string>;
  readonly queries: ReadonlySet<string>;
  readonly compositeQueries: ReadonlySet<string>;
  /** `canister_init`, `canister_heartbeat` and so on, by full name. */
  readonly hooks: ReadonlySet<string>;
}

/** A custom section named `icp:public NAME` or `icp:private NAME`. */
export interface CustomSection {
  readonly visibility: 'public' | 'private';
  readonly content: Uint8Array;
}

/**
 * Checks what is asked before the engine spends time on the module.
 *
 * @throws InvalidModuleError for more code than allowed, and for memories this network does not run
 */
export function checkCodeAndMemories(layout: ModuleLayout): void {
  const codeBytes = layout.sections.get(sectionIds.code)?.length ?? 0;
  if (codeBytes > limits.codeSectionBytes) {
    throw new InvalidModuleError(
      `Wasm module code section size of ${codeBytes} exceeds the maximum allowed size of ${limits.codeSectionBytes}.`,
      advice(
        'Try shrinking the module code section using tools like `ic-wasm` or splitting the logic across multiple canisters.',
        'code-section-too-large',
      ),
    );
  }
  if (layout.memories.length > 1) {
    throw new InvalidModuleError(`Wasm module has ${layout.memories.length} memories but may have at most 1`);
  }
  // The engine would refuse some of these too, but its text would not say what to do.
  if (layout.memories.some(({ is64Bit }) => is64Bit)) {
    throw new InvalidModuleError(
      'Wasm module has a 64-bit memory, which this network does not run. ' +
        'Compile for wasm32; with Motoko: moc --legacy-persistence.',
    );
  }
}

/**
 * Checks what the IC demands of a module beyond being valid Wasm, except for the limits on single functions
 * and the rules on data segments.
 *
 * Source: IC interface spec, "Canister module format", and the replica's `validation.rs`, whose texts these are.
 *
 * @throws InvalidModuleError
 */
export function checkModule(layout: ModuleLayout): void {
  checkImports(layout);
  checkGlobals(layout);
  if (layout.functions.length > limits.functions) {
    throw new InvalidModuleError(
      `Wasm module defined ${layout.functions.length} functions which exceeds the maximum number allowed ${limits.functions}.`,
      advice('Try spliting this canister into multiple canisters.', 'too-many-functions'),
    );
  }
}

/**
 * Finds the canister's methods and hooks.
 *
 * @throws InvalidModuleError for names and types the IC refuses
 */
export function readCanisterExports(layout: ModuleLayout): CanisterExports {
  const methods = { update: new Set<string>(), query: new Set<string>(), composite_query: new Set<string>() };
  const hooks = new Set<string>();
  const seen = new Set<string>();
  let nameBytes = 0;
  for (const { name, kind, index } of layout.exports) {
    if (reservedNames.has(name) || name.startsWith(exportNames.mutableGlobalPrefix)) {
      throw invalidExports(`Exporting reserved symbol ${name} not allowed.`);
    }
    if (kind !== 'function') continue;
    const [, methodKind, method] = methodExport.exec(name) ?? [];
    if (methodKind !== undefined && method !== undefined) {
      if (seen.has(method)) {
        throw new InvalidModuleError(
          `Duplicate function '${method}' exported multiple times with different call types: update, query, or composite_query.`,
          advice(
            `Try defining different versions of the function for each call type, e.g. \`${method}_update\`, \`${method}_query\`, etc.`,
            'duplicate-exports',
          ),
        );
      }
      seen.add(method);
      nameBytes += Buffer.byteLength(method);
      methods[methodKind as keyof typeof methods].add(method);
    } else if (hookNames.has(name)) {
      hooks.add(name);
    } else if (name.startsWith('canister_')) {
      throw invalidExports(`Exporting reserved function '${name}' with "canister_" prefix`);
    } else {
      continue;
    }
    checkSignature('>', name, typeOfFunction(layout, index));
  }
  const everyKind =
    'called `canister_update <name>`, `canister_query <name>`, or `canister_composite_query <name>`';
  if (seen.size > limits.exportedMethods) {
    throw new InvalidModuleError(
      `The number of exported functions ${everyKind} is ${seen.size} which exceeds ${limits.exportedMethods}.`,
      advice('Try combining multiple endpoints into a single endpoint.', 'exports-too-many-methods'),
    );
  }
  if (nameBytes > limits.methodNameBytes) {
    throw new InvalidModuleError(
      `The sum of \`<name>\` lengths in exported functions ${everyKind} is ${nameBytes} ` +
        `which exceeds the allowed limit of ${limits.methodNameBytes}.`,
      advice('Try using shorter method names.', 'sum-of-exported-name-lengths-too-large'),
    );
  }
  return {
    updates: methods.update,
    queries: methods.query,
    compositeQueries: methods.composite_query,
    hooks,
  };
}

/**
 * Reads the canister's metadata sections.
 *
 * @returns by the name behind the visibility, which may be empty or contain spaces
 * @throws InvalidModuleError for an `icp:` section without visibility, a name used twice, and too many or too large ones
 */
export function readCustomSections(layout: ModuleLayout): ReadonlyMap<string, CustomSection> {
  const sections = new Map<string, CustomSection>();
  let bytes = 0;
  for (const { name: fullName, content } of layout.customSections) {
    if (!fullName.startsWith('icp:')) continue;
    const [, visibility, name] = /^icp:(public|private) (.*)$/s.exec(fullName) ?? [];
    if (visibility === undefined || name === undefined) throw unreadableSectionName(fullName);
    if (sections.has(name)) throw invalidSections(`Invalid custom section: name ${name} already exists`);
    bytes += content.length + Buffer.byteLength(name);
    if (bytes > limits.customSectionBytes) {
      throw invalidSections(
        'Invalid custom sections: total size of the custom sections exceeds the maximum allowed: ' +
          `size ${bytes} bytes, allowed ${limits.customSectionBytes} bytes`,
      );
    }
    sections.set(name, { visibility: visibility as CustomSection['visibility'], content: content.slice() });
    if (sections.size > limits.customSections) {
      throw new InvalidModuleError(
        `Wasm module defined ${sections.size} custom sections which exceeds the maximum number allowed ${limits.customSections}.`,
      );
    }
  }
  return sections;
}

function checkImports(layout: ModuleLayout): void {
  for (const { module, name, kind, typeIndex } of layout.imports) {
    if (kind !== 'function') throw invalidImports(`Importing a ${kind} is not allowed.`);
    const signature = systemApiSignatures.get(name);
    if (signature === undefined) {
      throw invalidImports(
        `Module imports function '${name}' from '${module}' that is not exported by the runtime.`,
      );
    }
    if (module !== 'ic0') {
      throw invalidImports(
        `Module imports function "${name}" from "${module}", expected to be imported from one of ["ic0"] instead.`,
      );
    }
    checkSignature(signature, name, layout.types[typeIndex] ?? { parameters: [], results: [] });
  }
}

function checkGlobals(layout: ModuleLayout): void {
  if (layout.globals.length > limits.globals) {
    throw new InvalidModuleError(
      `Wasm module defined ${layout.globals.length} globals which exceeds the maximum number allowed ${limits.globals}.`,
      advice(
        'Try collecting multiple globals into a single structured which can be stored on the heap.',
        'too-many-globals',
      ),
    );
  }
  for (const { valueType } of layout.globals) {
    if (valueType < 0x7c) {
      throw new InvalidModuleError(
        `Wasm module has an invalid global section. Unsupported global type: ${typeName(valueType)}`,
      );
    }
  }
}

function checkSignature(expected: string, name: string, actual: FunctionType): void {
  const [parameters = '', results = ''] = expected.split('>').map(namesOfSignature);
  const actualParameters = typeNames(actual.parameters);
  const actualResults = typeNames(actual.results);
  if (actualParameters !== parameters) {
    throw invalidSignature(`Expected input params ${parameters} for '${name}', got ${actualParameters}.`);
  }
  if (actualResults !== results) {
    throw invalidSignature(`Expected return type ${results} for '${name}', got ${actualResults}.`);
  }
}

function namesOfSignature(letters: string): string {
  return `[${Array.from(letters, (letter) => (letter === 'i' ? 'I32' : 'I64')).join(', ')}]`;
}

function typeNames(types: readonly number[]): string {
  return `[${types.map(typeName).join(', ')}]`;
}

function typeName(valueType: number): string {
  const names: Readonly<Record<number, string>> = {
    0x7f: 'I32',
    0x7e: 'I64',
    0x7d: 'F32',
    0x7c: 'F64',
    0x7b: 'V128',
    0x70: 'FuncRef',
    0x6f: 'ExternRef',
  };
  return names[valueType] ?? `0x${valueType.toString(16)}`;
}

function unreadableSectionName(name: string): InvalidModuleError {
  return invalidSections(
    name === 'icp:public' || name === 'icp:private'
      ? "'icp:' section names must have a space after the public/private scope"
      : `Invalid custom section: Custom section '${name}' has no public/private scope defined.`,
  );
}

function invalidImports(text: string): InvalidModuleError {
  return new InvalidModuleError(`Wasm module has an invalid import section. ${text}`);
}

function invalidExports(text: string): InvalidModuleError {
  return new InvalidModuleError(`Wasm module has an invalid export section. ${text}`);
}

function invalidSections(text: string): InvalidModuleError {
  return new InvalidModuleError(`Wasm module has an invalid custom section. ${text}`);
}

function invalidSignature(text: string): InvalidModuleError {
  return new InvalidModuleError(`Wasm module has an invalid function signature. ${text}`);
}
