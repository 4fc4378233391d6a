import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { ProtocolError } from './protocol-error.ts';

/** Largest blob, before and after decompression: what base64 of it still fits into a string of V8. */
export const maximumBlobBytes = 256 * 1_048_576;
/** Blobs kept at a time; the oldest go first. A client uploads a blob right before it uses it. */
const maximumStoreBytes = 2 * maximumBlobBytes;

interface Blob {
  readonly bytes: Uint8Array;
  readonly gzipped: boolean;
}

/** Bytes that clients upload first and name in a later request, by their hash. */
export class Blobstore {
  readonly #blobs = new Map<string, Blob>();
  #storedBytes = 0;

  /** @returns the blob's id in hex */
  put(bytes: Uint8Array, gzipped: boolean): string {
    const id = createHash('sha256')
      .update(bytes)
      .update(gzipped ? 'gzip' : '')
      .digest('hex');
    if (!this.#blobs.has(id)) this.#storedBytes += bytes.length;
    this.#blobs.delete(id);
    this.#blobs.set(id, { bytes, gzipped });
    this.#dropOldest();
    return id;
  }

  /** @returns the blob, decompressed. @throws ProtocolError when there is none, or it cannot be decompressed */
  get(id: Uint8Array): Uint8Array {
    const blob = this.#blobs.get(Buffer.from(id).toString('hex'));
    if (blob === undefined) throw new ProtocolError('BadBlobId', 'There is no such blob: upload it again.');
    if (!blob.gzipped) return blob.bytes;
    try {
      return new Uint8Array(gunzipSync(blob.bytes, { maxOutputLength: maximumBlobBytes }));
    } catch (error) {
      throw new ProtocolError('DecompressionFailed', error instanceof Error ? error.message : String(error));
    }
  }

  #dropOldest(): void {
    for (const [id, { bytes }] of this.#blobs) {
      if (this.#storedBytes <= maximumStoreBytes) return;
      this.#storedBytes -= bytes.length;
      this.#blobs.delete(id);
    }
  }
}
