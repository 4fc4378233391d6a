import { toHex } from './bytes.ts';

/** A public key as it is wrapped in DER: what kind of key (hex of the algorithm's identifier), and its bytes. */
export interface SubjectPublicKeyInfo {
  readonly algorithmHex: string;
  readonly key: Uint8Array;
}

const sequenceTag = 0x30;
const bitStringTag = 0x03;
const longForm = 0x80;
const maximumLengthBytes = 3;

/**
 * Reads `SEQUENCE { SEQUENCE { algorithm }, BIT STRING key }` (RFC 5280, SubjectPublicKeyInfo).
 *
 * @returns undefined for anything that is not exactly this in shortest form
 */
export function readSubjectPublicKeyInfo(der: Uint8Array): SubjectPublicKeyInfo | undefined {
  const outer = readElement(der, sequenceTag);
  if (outer?.rest.length !== 0) return undefined;
  const algorithm = readElement(outer.content, sequenceTag);
  const bits = algorithm && readElement(algorithm.rest, bitStringTag);
  // The first byte of a bit string counts the unused bits of its last one; keys have none.
  if (bits?.rest.length !== 0 || bits.content[0] !== 0) return undefined;
  return { algorithmHex: toHex(algorithm?.content ?? der), key: bits.content.subarray(1) };
}

interface Element {
  readonly content: Uint8Array;
  readonly rest: Uint8Array;
}

function readElement(bytes: Uint8Array, tag: number): Element | undefined {
  const [actualTag, first] = bytes;
  if (actualTag !== tag || first === undefined) return undefined;
  const lengthBytes = first < longForm ? 0 : first - longForm;
  if (lengthBytes > maximumLengthBytes || bytes.length < 2 + lengthBytes) return undefined;
  const length =
    lengthBytes === 0
      ? first & ~longForm
      : bytes.subarray(2, 2 + lengthBytes).reduce((sum, byte) => sum * 256 + byte, 0);
  const isShortest = first < longForm || (length >= longForm && bytes[2] !== 0 && lengthBytes > 0);
  const start = 2 + lengthBytes;
  if (!isShortest || bytes.length < start + length) return undefined;
  return { content: bytes.subarray(start, start + length), rest: bytes.subarray(start + length) };
}
