import { wrongMode } from '../canister-failure.ts';
import { modeLetter, modeText } from '../execution/execution-mode.ts';
import type { SystemApiImports } from '../wasm/index.ts';
import { callFunctions } from './calls.ts';
import { cyclesFunctions } from './cycles.ts';
import { environmentFunctions, environmentVariableFunctions } from './environment.ts';
import type { SystemApiHost } from './host.ts';
import { messageFunctions } from './messages.ts';
import { permissions } from './permissions.ts';
import { stableMemoryFunctions } from './stable-memory.ts';

type SystemFunction = (...parameters: never[]) => unknown;

/** All functions of `ic0` for one instance, each refusing to run where the table of permissions does not allow it. */
export function systemApiImports(host: SystemApiHost): SystemApiImports {
  const functions: Record<string, SystemFunction> = {
    ...messageFunctions(host),
    ...callFunctions(host),
    ...cyclesFunctions(host),
    ...stableMemoryFunctions(host),
    ...environmentFunctions(host),
    ...environmentVariableFunctions(host),
  };
  return Object.fromEntries(Object.entries(functions).map(([name, run]) => [name, guarded(host, name, run)]));
}

function guarded(host: SystemApiHost, name: string, run: SystemFunction): SystemFunction {
  const permission = permissions.get(name);
  if (permission === undefined) throw new Error(`ic0.${name} has no line in the table of permissions.`);
  return (...parameters) => {
    const { mode } = host.input;
    if (!permission.modes.has(modeLetter[mode])) throw wrongMode(name, modeText[mode]);
    host.charge(permission.instructions);
    return run(...parameters);
  };
}
