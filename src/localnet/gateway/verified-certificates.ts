import { type HashTree, sha256, verifyCertificate } from '../certification/index.ts';

const maximumRemembered = 64;

/**
 * Checks signatures of certificates, each once: it takes tens of milliseconds, and a page's files come with the same
 * one.
 */
export class VerifiedCertificates {
  readonly #trees = new Map<string, HashTree>();

  constructor(private readonly rootKeyDer: Uint8Array) {}

  /** The state tree that the certificate shows. @throws InvalidCertificateError, CborError */
  stateOf(certificate: Uint8Array): HashTree {
    const key = Buffer.from(sha256(certificate)).toString('hex');
    const known = this.#trees.get(key);
    if (known !== undefined) return known;
    const tree = verifyCertificate(certificate, this.rootKeyDer);
    if (this.#trees.size >= maximumRemembered) this.#trees.clear();
    this.#trees.set(key, tree);
    return tree;
  }
}
