import binaryen from 'binaryen';
import { readFileSync } from 'node:fs';
import { assertDurable } from './assert-durable.ts';
import { DurableCallBuildError } from './errors.ts';
import { placeholders, timerMethod } from './placeholders.ts';
import { systemFunctions, type SystemFunction } from './system-functions.ts';
import { addFixedSlots, theOnlyTable } from './table.ts';

const timerExport = `canister_update ${timerMethod}`;

/** Options of {@link addDurableCalls}. */
export interface DurableCallRewriteOptions {
  /**
   * The update method that receives responses; its export is removed, so nobody outside can call it.
   * Absent: the canister makes no durable calls, and responses that no instance waits for are dropped.
   */
  readonly responseMethod?: string | undefined;
}

/**
 * Rewrites a canister built by azle so that its open calls survive an upgrade, that it can make durable calls,
 * and that late timer calls of an earlier instance run nothing. What the added code does: durable-calls.wat.
 *
 * @returns the new module.
 * @throws DurableCallBuildError when the module is not what the rewrite expects, or the result fails {@link assertDurable}.
 */
export function addDurableCalls(wasm: Uint8Array, options: DurableCallRewriteOptions = {}): Uint8Array {
  binaryen.setDebugInfo(false);
  const canister = binaryen.readBinary(wasm);
  const functions = systemFunctions(canister);
  const names = {
    ...existingFunctionNames(canister, functions, options),
    TABLE: theOnlyTable(canister).name,
  };
  const addition = binaryen.parseText(additionText(names));

  for (const name of wrappedSystemFunctions(addition)) putOwnFunctionBefore(canister, functions, name);
  canister.addGlobal('durable.page', binaryen.i32, true, canister.i32.const(0));
  copyFunctions(addition, canister, functions);
  canister.addFunctionExport('durable.execute_timer', timerExport);
  addFixedSlots(canister, ['durable.on_reply', 'durable.on_reject', 'durable.on_cleanup']);

  if (!canister.validate()) {
    throw new DurableCallBuildError(
      'durable-call.invalid-wasm',
      'The rewritten module is not valid; binaryen has printed why. durable-calls.wat was probably changed.',
    );
  }
  const rewritten = canister.emitBinary();
  addition.dispose();
  canister.dispose();
  assertDurable(rewritten, options);
  return rewritten;
}

/** Takes the response handler and the timer executor out of the exports, and names them for the added code. */
function existingFunctionNames(
  canister: binaryen.Module,
  functions: ReadonlyMap<string, SystemFunction>,
  { responseMethod }: DurableCallRewriteOptions,
): Record<string, string> {
  const names: Record<string, string> = { 'canister.timer_executor': takeExport(canister, timerExport) };
  if (responseMethod === undefined) {
    names['canister.response_handler'] = 'durable.no_response_handler';
    canister.addFunction('durable.no_response_handler', binaryen.none, binaryen.none, [], canister.nop());
  } else {
    names['canister.response_handler'] = takeExport(canister, `canister_update ${responseMethod}`);
  }
  for (const [base, { name }] of functions) names[`ic0.${base}`] = name;
  return names;
}

function takeExport(canister: binaryen.Module, exportName: string): string {
  const found = canister.getExport(exportName);
  if (found === 0) {
    throw new DurableCallBuildError(
      'durable-call.missing-export',
      `The canister has no "${exportName}". The response handler must be an @update method with manual and hidden set.`,
    );
  }
  const { value } = binaryen.getExportInfo(found);
  canister.removeExport(exportName);
  return value;
}

function additionText(existing: Record<string, string>): string {
  const text = readFileSync(new URL('durable-calls.wat', import.meta.url), 'utf8');
  const wrapped = new Set([...text.matchAll(/\(func \$wrapper\.(\w+)/g)].map(([, name]) => name));
  return text
    .replace(/\{\{(\w+)\}\}/g, (_, name: string) => existing[name] ?? placeholders[name] ?? missing(name))
    .replace(/\$(ic0|canister)\.(\w+)/g, (reference, kind: string, name: string) =>
      // A wrapped system function is imported again under this very name; its old name becomes the wrapper's.
      kind === 'ic0' && wrapped.has(name)
        ? reference
        : `$${existing[`${kind}.${name}`] ?? missing(reference)}`,
    );
}

function missing(name: string): never {
  throw new DurableCallBuildError(
    'durable-call.missing-import',
    `durable-calls.wat needs ${name}, which this canister does not have. Was azle's template changed?`,
  );
}

function wrappedSystemFunctions(addition: binaryen.Module): string[] {
  return definedFunctions(addition)
    .filter(({ name }) => name.startsWith('wrapper.'))
    .map(({ name }) => name.slice('wrapper.'.length));
}

/** Imports `name` again under a new internal name, so that a function of ours can take the old one and all its callers. */
function putOwnFunctionBefore(
  canister: binaryen.Module,
  functions: ReadonlyMap<string, SystemFunction>,
  name: string,
): void {
  const original = functions.get(name) ?? missing(`ic0.${name}`);
  canister.removeFunction(original.name);
  canister.addFunctionImport(`ic0.${name}`, 'ic0', name, original.params, original.results);
}

function copyFunctions(
  addition: binaryen.Module,
  canister: binaryen.Module,
  functions: ReadonlyMap<string, SystemFunction>,
): void {
  for (const { name, params, results, vars, body } of definedFunctions(addition)) {
    const target = name.startsWith('wrapper.')
      ? (functions.get(name.slice('wrapper.'.length))?.name ?? missing(name))
      : name;
    canister.addFunction(target, params, results, vars, canister.copyExpression(body));
  }
}

function definedFunctions(module: binaryen.Module): binaryen.FunctionInfo[] {
  return Array.from({ length: module.getNumFunctions() }, (_, index) =>
    binaryen.getFunctionInfo(module.getFunctionByIndex(index)),
  ).filter((info) => info.module === '');
}
