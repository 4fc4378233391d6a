import type { Certificates } from './certificates.ts';
import type { StatePath } from './state-tree.ts';

interface Waiting {
  readonly path: StatePath;
  resolve(certificate: Uint8Array): void;
  reject(error: unknown): void;
}

/** Showing a part of a tree takes time in proportion to the whole, so that much larger batches gain nothing. */
const largestBatch = 100;

/**
 * Certificates for many who wait at the same time, of whom all that come within one turn of the event loop share a
 * signature: signed one by one, the answers to a thousand calls would keep the process busy for ten seconds.
 */
export class CertificateBatches {
  #waiting: Waiting[] = [];

  constructor(private readonly certificates: Pick<Certificates, 'certifyEach'>) {}

  /** A certificate that shows what is at the path, soon. */
  certify(path: StatePath): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) this.#certifySoon();
      this.#waiting.push({ path, resolve, reject });
    });
  }

  #certifySoon(): void {
    setImmediate(() => {
      const batch = this.#waiting.splice(0, largestBatch);
      // Others get their turn between two batches.
      if (this.#waiting.length > 0) this.#certifySoon();
      try {
        const certificates = this.certificates.certifyEach(batch.map(({ path }) => [path]));
        certificates.forEach((certificate, index) => batch[index]?.resolve(certificate));
      } catch (error) {
        for (const waiting of batch) waiting.reject(error);
      }
    });
  }
}
