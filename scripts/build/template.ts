import binaryen from 'binaryen';
import type { AzleBuildPieces, CanisterWasmData, MethodMeta } from './azle.ts';

/**
 * Puts a canister's JavaScript into azle's template and adds one export for each entry point.
 *
 * Does what azle's `manipulateWasmBinary` does, from the same pieces, but for one instruction: azle drops the data
 * segment with the JavaScript once it is read. On the IC that has no effect beyond the message, because instances do
 * not outlive it. A host that does keep instances between messages cannot undo it, though, so our embedded network
 * would have to make a new instance for every message, at several times the cost.
 */
export async function fillTemplate(
  azle: AzleBuildPieces,
  javaScript: string,
  wasmData: CanisterWasmData,
  methodMeta?: MethodMeta,
): Promise<Uint8Array> {
  const module = await azle.getModule(azle.templatePath);
  azle.addCanisterMethodProxies(module, methodMeta);
  const { memoryInfo, memorySegmentInfos } = azle.getMemoryInformation(module);
  const script = azle.encode(javaScript);
  const data = azle.encode(JSON.stringify(wasmData));
  azle.addPassiveDataSegmentsToMemory(module, memoryInfo, memorySegmentInfos, script, data);
  azle.addPassiveSizeFunction(module, 'js_passive_data_size', script);
  azle.addPassiveSizeFunction(module, 'wasm_data_passive_data_size', data);
  const firstSegment = memorySegmentInfos.length;
  replaceReader(module, 'init_js_passive_data', firstSegment, script.length);
  replaceReader(module, 'init_wasm_data_passive_data', firstSegment + 1, data.length);
  const wasm = module.emitBinary();
  module.dispose();
  return wasm;
}

/** The template's function that copies a segment to the address it is given. */
function replaceReader(module: binaryen.Module, name: string, segment: number, length: number): void {
  module.removeFunction(name);
  module.addFunction(
    name,
    binaryen.i32,
    binaryen.none,
    [],
    module.memory.init(
      // Declared as a number, but binaryen looks segments up by name, and these have their number for a name.
      String(segment) as unknown as number,
      module.local.get(0, binaryen.i32),
      module.i32.const(0),
      module.i32.const(length),
    ),
  );
}
