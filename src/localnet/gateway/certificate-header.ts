import { type CborValue, decodeCbor, type HashTree, hashTreeFromCbor } from '../certification/index.ts';

/** The parts of an `IC-Certificate` header. */
export interface CertificateHeader {
  /** CBOR. */
  readonly certificate: Uint8Array;
  readonly tree: HashTree;
  readonly version: number;
  readonly expressionPath: readonly string[] | undefined;
}

/**
 * Source: HTTP gateway protocol specification, "The Certificate Header".
 *
 * @returns undefined when the header lacks certificate or tree
 * @throws CborError
 */
export function readCertificateHeader(header: string): CertificateHeader | undefined {
  const fields = new Map<string, string>();
  for (const field of header.split(',')) {
    // Trimmed first: an expression for spaces on both sides takes quadratic time, and a canister could send millions.
    const [, name, value] = /^(\w+)=:?([^:]*):?$/.exec(field.trim()) ?? [];
    if (name !== undefined && value !== undefined && !fields.has(name)) fields.set(name, value);
  }
  const certificate = fields.get('certificate');
  const tree = fields.get('tree');
  if (certificate === undefined || tree === undefined) return undefined;
  return {
    certificate: fromBase64(certificate),
    tree: hashTreeFromCbor(decodeCbor(fromBase64(tree))),
    version: Number(fields.get('version') ?? 1),
    expressionPath: readPath(fields.get('expr_path')),
  };
}

function readPath(base64: string | undefined): readonly string[] | undefined {
  if (base64 === undefined) return undefined;
  const path = decodeCbor(fromBase64(base64));
  return Array.isArray(path) && path.every(isText) ? path : undefined;
}

function isText(value: CborValue): value is string {
  return typeof value === 'string';
}

function fromBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'));
}
