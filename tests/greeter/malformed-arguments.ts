import { IDL } from '@dfinity/candid';

/** Announces a million values of type null in twelve bytes, behind the expected text. */
const candidBomb = Uint8Array.from([
  ...[0x44, 0x49, 0x44, 0x4c, 0x01, 0x6d, 0x7f, 0x02, 0x71, 0x00],
  ...[0x00, 0xc0, 0x84, 0x3d],
]);

/** What no method of the Greeter that takes a text may take for one. */
export const malformedArguments: readonly [string, Uint8Array][] = [
  ['nothing', IDL.encode([], [])],
  ['a number', IDL.encode([IDL.Nat], [1n])],
  ['two texts', IDL.encode([IDL.Text, IDL.Text], ['a', 'b'])],
  ['no Candid', new TextEncoder().encode('Alice')],
  ['no bytes', new Uint8Array()],
  ['a text that is not UTF-8', Uint8Array.of(0x44, 0x49, 0x44, 0x4c, 0, 1, 0x71, 1, 0xff)],
  ['a text shorter than announced', Uint8Array.of(0x44, 0x49, 0x44, 0x4c, 0, 1, 0x71, 9, 0x41)],
  ['a Candid bomb', candidBomb],
];
