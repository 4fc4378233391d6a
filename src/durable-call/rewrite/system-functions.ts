import binaryen from 'binaryen';

/** An import from `ic0`, under the name it has inside the module. */
export interface SystemFunction {
  readonly name: string;
  readonly params: binaryen.Type;
  readonly results: binaryen.Type;
}

/** The system functions a module imports, by their names in the interface specification. */
export function systemFunctions(module: binaryen.Module): Map<string, SystemFunction> {
  const found = new Map<string, SystemFunction>();
  for (let index = 0; index < module.getNumFunctions(); index++) {
    const info = binaryen.getFunctionInfo(module.getFunctionByIndex(index));
    if (info.module === 'ic0' && info.base !== null) found.set(info.base, info);
  }
  return found;
}
