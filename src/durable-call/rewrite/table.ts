import binaryen from 'binaryen';
import { DurableCallBuildError } from './errors.ts';
import { tableContract } from './table-contract.ts';

/** Functions of binaryen's C interface that its JavaScript interface leaves out. */
const nativeBinaryen = binaryen as unknown as {
  _BinaryenTableSetInitial(table: binaryen.TableRef, length: number): void;
  _BinaryenTableSetMax(table: binaryen.TableRef, length: number): void;
};

/** A method that binaryen has but does not declare. */
interface UndeclaredModuleMethods {
  addActiveElementSegment(
    table: string,
    name: string,
    functionNames: readonly string[],
    offset: binaryen.ExpressionRef,
  ): binaryen.ElementSegmentRef;
}

/** @throws DurableCallBuildError `durable-call.table` unless the module defines exactly one table. */
export function theOnlyTable(module: binaryen.Module): binaryen.TableInfo {
  const table = module.getNumTables() === 1 ? module.getTableByIndex(0) : undefined;
  const info = table === undefined ? undefined : binaryen.getTableInfo(table);
  if (info === undefined || info.module !== '') {
    throw new DurableCallBuildError(
      'durable-call.table',
      'The canister must have one function table, of its own.',
    );
  }
  return info;
}

/** Gives the table its fixed length and puts the response functions at their slots. */
export function addFixedSlots(module: binaryen.Module, responseFunctions: readonly string[]): void {
  const { name, initial } = theOnlyTable(module);
  if (initial > tableContract.replySlot) {
    throw new DurableCallBuildError(
      'durable-call.table',
      `The canister's own table has ${initial} entries and reaches into slot ${tableContract.replySlot}. The slots cannot move while a canister with open calls is live; make the program smaller.`,
    );
  }
  const table = module.getTableByIndex(0);
  nativeBinaryen._BinaryenTableSetInitial(table, tableContract.length);
  nativeBinaryen._BinaryenTableSetMax(table, tableContract.length);
  (module as binaryen.Module & UndeclaredModuleMethods).addActiveElementSegment(
    name,
    'durable.slots',
    responseFunctions,
    module.i32.const(tableContract.replySlot),
  );
}
