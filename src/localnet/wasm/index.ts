export { CanisterInstance, type SystemApiImports } from './canister-instance.ts';
export { engineStackHolds } from './engine-stack.ts';
export { defaultStackBytes } from './frame-size.ts';
export { type HeapImage } from './heap-image.ts';
export { InvalidModuleError } from './invalid-module-error.ts';
export {
  type CustomSection,
  type GlobalType,
  type PreparedModule,
  prepareModule,
  prepareUpload,
  type UploadedModule,
} from './prepared-module.ts';
export { type StableImage, StableMemory } from './stable-memory.ts';
export { EngineStackOverflow, type TrapKind, WasmTrap } from './wasm-trap.ts';
