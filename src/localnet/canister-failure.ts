import type { Principal } from '@dfinity/principal';
import { messageSeenByUsers, type Rejection, rejectionOf } from './rejection.ts';
import { InvalidModuleError, WasmTrap } from './wasm/index.ts';

const documentation = 'https://internetcomputer.org/docs/current/references/execution-errors#';
const toolchainHelp =
  'This is likely an error with the compiler/CDK toolchain being used to build the canister. ' +
  'Please report the error to IC devs on the forum: https://forum.dfinity.org ' +
  'and include which language/CDK was used to create the canister.';

/**
 * Why an execution failed: everything it did is undone. Thrown by the system API through the Wasm frames.
 * Source of texts: dfinity/ic `rs/types/embedders` (HypervisorError) and 'Execution errors' in the developer docs.
 */
export class CanisterFailure extends Error {
  override readonly name = 'CanisterFailure';

  constructor(
    readonly errorCode: string,
    /** The text after `Error from Canister <id>: `. */
    readonly description: string,
    readonly help?: string,
  ) {
    super(description);
  }
}

function suggestion(text: string, anchor: string): string {
  return `${text} See documentation: ${documentation}${anchor}`;
}

const handleFailures =
  'Consider gracefully handling failures from this canister or altering the canister to handle exceptions.';

export function calledTrap(message: string): CanisterFailure {
  const shown = message === '' ? '(no message)' : message;
  return new CanisterFailure(
    'IC0503',
    `Canister called \`ic0.trap\` with message: '${shown}'`,
    suggestion(handleFailures, 'trapped-explicitly'),
  );
}

/** A system call in a context where it is not allowed. */
export function wrongMode(functionName: string, modeText: string): CanisterFailure {
  return new CanisterFailure(
    'IC0504',
    `Canister violated contract: "ic0_${functionName}" cannot be executed in ${modeText} mode`,
    suggestion(
      'Check the ICP documentation to make sure APIs are being called in the correct message types.',
      'calling-a-system-api-from-the-wrong-mode',
    ),
  );
}

/** A system call used wrongly, which no correct compiler or CDK does. */
export function contractViolation(detail: string): CanisterFailure {
  return new CanisterFailure('IC0504', `Canister violated contract: ${detail}`, toolchainHelp);
}

/** A system call with parameters that the canister's author must not pass. @param suggestion what to do instead */
export function userViolation(detail: string, suggestionText?: string): CanisterFailure {
  return new CanisterFailure('IC0504', `Canister violated contract: ${detail}`, suggestionText);
}

export function methodNotFound(kind: 'update' | 'query', method: string): CanisterFailure {
  return new CanisterFailure(
    'IC0536',
    `Canister has no ${kind} method '${method}'.`,
    suggestion('Check that the method being called is exported by the target canister.', 'method-not-found'),
  );
}

export function noModule(): CanisterFailure {
  return new CanisterFailure(
    'IC0537',
    'Attempted to execute a message, but the canister contains no Wasm module.',
    suggestion('Please install code to this canister before calling it.', 'wasm-module-not-found'),
  );
}

/** The heap grew beyond the setting `wasm_memory_limit`. */
export function wasmMemoryLimitExceeded(limitBytes: bigint, usedBytes: number): CanisterFailure {
  return new CanisterFailure(
    'IC0539',
    `Canister exceeded its current Wasm memory limit of ${limitBytes} bytes. ` +
      `The peak Wasm memory usage was ${usedBytes} bytes. ` +
      'If the canister reaches 4GiB, then it may stop functioning and may become unrecoverable. ' +
      'Please reach out to the canister owner to investigate the reason for the increased memory usage. ' +
      'It might be necessary to move data from the Wasm memory to the stable memory. ' +
      'If such high Wasm memory usage is expected and safe, then the developer can increase the Wasm memory limit ' +
      'in the canister settings.',
    suggestion(
      'Try checking the canister for a possible memory leak or modifying it to use more stable memory ' +
        'instead of Wasm memory.',
      'wasm-memory-limit-exceeded',
    ),
  );
}

/** A canister must not freeze itself by growing. @param missingCycles told to controllers only */
export function cannotGrow(bytes: bigint, missingCycles: bigint | undefined): CanisterFailure {
  const required =
    missingCycles === undefined ? '' : ` At least ${missingCycles} additional cycles are required.`;
  return new CanisterFailure(
    'IC0532',
    `Canister cannot grow memory by ${bytes} bytes due to insufficient cycles.${required}`,
    suggestion('Try topping up the canister.', 'insufficient-cycles-in-memory-grow'),
  );
}

/** Too much stable memory was read or written by one execution. */
export function memoryAccessLimitExceeded(detail: string): CanisterFailure {
  return new CanisterFailure(
    'IC0524',
    `Canister exceeded memory access limits: ${detail}`,
    suggestion(
      "Try optimizing the use of stable memory so that individual messages don't need to access as much stable memory.",
      'memory-access-limit-exceeded',
    ),
  );
}

/** The failure of a callback whose cleanup may have failed too: the code is the callback's. */
export function combineFailures(
  callback: CanisterFailure,
  cleanup: CanisterFailure | undefined,
): CanisterFailure {
  if (cleanup === undefined) return callback;
  return new CanisterFailure(
    callback.errorCode,
    `${callback.description}\n\ncall_on_cleanup also failed:\n\n${cleanup.description}`,
  );
}

/** Reads what left a Wasm call as a failure; undefined for errors that are defects of the localnet itself. */
export function failureOf(error: unknown): CanisterFailure | undefined {
  if (error instanceof CanisterFailure) return error;
  if (error instanceof InvalidModuleError) {
    const { advice } = error;
    const help = advice === undefined ? toolchainHelp : suggestion(advice.text, advice.anchor);
    return new CanisterFailure(error.code, error.message, help);
  }
  if (!(error instanceof WasmTrap)) return undefined;
  if (error.code === 'IC0522') {
    const help = suggestion(
      'Try optimizing this method to consume fewer instructions or split the work across multiple messages.',
      'instruction-limit-exceeded',
    );
    return new CanisterFailure(error.code, error.message.replace(/\.$/, ''), help);
  }
  if (error.code === 'IC0504') return contractViolation(error.message);
  const help = error.code === 'IC0502' ? suggestion(handleFailures, 'trapped') : undefined;
  return new CanisterFailure(error.code, error.message, help);
}

/** A failure as the caller sees it. */
export function rejectionOfFailure(canisterId: Principal, failure: CanisterFailure): Rejection {
  const text = `Error from Canister ${canisterId.toText()}: ${failure.description}`;
  const full = failure.help === undefined ? text : `${text}.\n${failure.help}`;
  return rejectionOf(failure.errorCode, messageSeenByUsers(full));
}
