import { BinaryReader } from '../../saga/index.ts';

/**
 * Begins to read a row whose first byte is the version of its format.
 *
 * @param what the kind of row, for the error's text
 * @throws Error when the row is of another version: read all the same, it would be misread
 */
export function versionedReader(what: string, bytes: Uint8Array, schemaVersion: number): BinaryReader {
  const reader = new BinaryReader(bytes);
  const version = reader.u8();
  if (version !== schemaVersion) throw new Error(`${what}: unknown schema version ${version}`);
  return reader;
}
