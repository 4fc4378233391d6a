/**
 * By how much each instruction raises the operand stack. Instructions whose effect depends on types or on the block
 * they stand in (calls, blocks, branches) are not here: {@link OperandStack} knows them.
 */

/** Inclusive range of opcodes, or one. */
type Opcodes = number | readonly [first: number, last: number];

function effects(entries: readonly (readonly [effect: number, ...opcodes: Opcodes[]])[]): Int8Array {
  const values = new Int8Array(256);
  for (const [effect, ...opcodes] of entries) {
    for (const range of opcodes) {
      const [first, last] = typeof range === 'number' ? [range, range] : range;
      values.fill(effect, first, last + 1);
    }
  }
  return values;
}

/** Of the one-byte instructions. Source: WebAssembly specification, "Index of Instructions", as for the others. */
export const stackEffectOf = effects([
  // local.get, global.get, memory.size, constants, ref.null, ref.func
  [1, 0x20, 0x23, 0x3f, [0x41, 0x44], 0xd0, 0xd2],
  // drop, local.set, global.set
  [-1, 0x1a, 0x21, 0x24],
  // select, table.set, stores
  [-2, 0x1b, 0x1c, 0x26, [0x36, 0x3e]],
  // comparisons and other operators of two operands
  [-1, [0x46, 0x4f], [0x51, 0x66], [0x6a, 0x78], [0x7c, 0x8a], [0x92, 0x98], [0xa0, 0xa6]],
]);

/** Of the instructions behind 0xFC, by number. */
export const prefixedStackEffectOf = effects([
  // memory.init, memory.copy, memory.fill, table.init, table.copy, table.fill
  [-3, 8, 10, 11, 12, 14, 17],
  // table.grow, table.size
  [-1, 15],
  [1, 16],
]);

/** Of the SIMD instructions behind 0xFD, by number. */
export const simdStackEffectOf = effects([
  // v128.const
  [1, 12],
  // v128.store, v128.bitselect, stores of a lane
  [-2, 11, 82, [88, 91]],
  // shuffle, swizzle, replacing and loading a lane
  [-1, 13, 14, 23, 26, 28, 30, 32, 34, [84, 87]],
  // comparisons and operators of two operands, by shape
  [-1, [35, 76], [78, 81], 101, 102],
  [-1, [107, 115], [118, 121], 123],
  [-1, 130, 133, 134, [139, 147], [149, 159]],
  [-1, [171, 174], 177, [181, 191]],
  [-1, [203, 206], 209, [213, 223]],
  [-1, [228, 235], [240, 247]],
]);
