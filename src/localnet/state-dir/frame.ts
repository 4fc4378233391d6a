import { crc32 } from 'node:zlib';
import { StateDirError } from './state-dir-error.ts';

/*
 * How records stand in a file: length and checksum of the body, 4 bytes each, little endian, then the body.
 * A record that was being written when the process died fails its length or its checksum.
 */

export const headerBytes = 8;
const checksumOffset = 4;
/** Node reads files of less than 2 GiB at once; a length above it is not a length. */
const maximumBodyBytes = 2 ** 31 - 1 - headerBytes;

/** @throws StateDirError `STATE_DIR_TOO_LARGE`: better not written than never read again */
export function frame(body: Uint8Array): Buffer {
  if (body.length > maximumBodyBytes) {
    throw new StateDirError(
      'STATE_DIR_TOO_LARGE',
      `A state of ${body.length} bytes cannot be kept; at most ${maximumBodyBytes} can. ` +
        'Run this network without a state directory, or with less memory in its canisters.',
    );
  }
  const header = Buffer.alloc(headerBytes);
  header.writeUInt32LE(body.length, 0);
  header.writeUInt32LE(crc32(body), checksumOffset);
  return Buffer.concat([header, body]);
}

/** @returns the body of the frame at `offset` and where the next one begins; undefined when no whole frame is there */
export function readFrame(
  bytes: Buffer,
  offset: number,
): { readonly body: Buffer; readonly next: number } | undefined {
  const bodyStart = offset + headerBytes;
  if (bodyStart > bytes.length) return undefined;
  const length = bodyLength(bytes, offset);
  const next = bodyStart + length;
  if (length > maximumBodyBytes || next > bytes.length) return undefined;
  const body = bytes.subarray(bodyStart, next);
  return crc32(body) === bytes.readUInt32LE(offset + checksumOffset) ? { body, next } : undefined;
}

/** What the header at `offset` says. */
export function bodyLength(bytes: Buffer, offset: number): number {
  return bytes.readUInt32LE(offset);
}
