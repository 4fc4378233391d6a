import { createHash } from 'node:crypto';

/** SHA-256 over the parts as if they were one. */
export function sha256(...parts: readonly (Uint8Array | string)[]): Uint8Array {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return Uint8Array.from(hash.digest());
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

/** A text as its UTF-8 bytes; bytes as they are. */
export function bytesOf(textOrBytes: string | Uint8Array): Uint8Array {
  return typeof textOrBytes === 'string' ? new TextEncoder().encode(textOrBytes) : textOrBytes;
}

/**
 * A domain separator: the name behind its length in one byte.
 *
 * Source: IC interface spec, 'Certification' and 'Request ids'.
 *
 * @param name at most 255 ASCII characters
 */
export function domainSeparator(name: string): Uint8Array {
  const bytes = bytesOf(name);
  return concatBytes(Uint8Array.of(bytes.length), bytes);
}
