import binaryen from 'binaryen';
import { DurableCallBuildError } from './errors.ts';
import type { DurableCallRewriteOptions } from './add-durable-calls.ts';
import { theOnlyTable } from './table.ts';
import { tableContract } from './table-contract.ts';

/**
 * Reads finished module bytes again and checks the contract that open calls rely on: the length of the table, the
 * response functions at their slots and nothing else there, and a response handler nobody outside can call.
 *
 * @throws DurableCallBuildError `durable-call.not-rewritten`.
 */
export function assertDurable(wasm: Uint8Array, { responseMethod }: DurableCallRewriteOptions = {}): void {
  const module = binaryen.readBinary(wasm);
  try {
    const table = theOnlyTable(module);
    require(table.initial === tableContract.length &&
      table.max === tableContract.length, 'the table has another length');
    const segments = elementSegments(module).filter(({ end }) => end > tableContract.replySlot);
    require(segments.length === 1 &&
      segments[0]?.start === tableContract.replySlot &&
      segments[0].end === tableContract.cleanupSlot + 1, 'the response functions are not at their slots');
    require(responseMethod === undefined ||
      module.getExport(`canister_update ${responseMethod}`) ===
        0, `${responseMethod ?? ''} can be called from outside`);
  } finally {
    module.dispose();
  }
}

function elementSegments(module: binaryen.Module): { start: number; end: number }[] {
  return Array.from({ length: module.getNumElementSegments() }, (_, index) => {
    const { offset, data } = binaryen.getElementSegmentInfo(module.getElementSegmentByIndex(index));
    const { value } = binaryen.getExpressionInfo(offset) as binaryen.ConstInfo;
    return { start: value as number, end: (value as number) + data.length };
  });
}

function require(holds: boolean, fault: string): asserts holds {
  if (holds) return;
  throw new DurableCallBuildError(
    'durable-call.not-rewritten',
    `This module does not keep the durable-call contract: ${fault}. Responses to calls open across an upgrade would be lost. Do not install it; build it again.`,
  );
}
