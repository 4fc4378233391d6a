import { gunzipSync, inflateRawSync } from 'node:zlib';
import {
  CborError,
  decodeLeb128,
  digest,
  equalBytes,
  type HashTree,
  InvalidCertificateError,
  lookupSubtree,
  lookupValue,
  sha256,
} from '../certification/index.ts';
import { type CertificateHeader, readCertificateHeader } from './certificate-header.ts';
import { readCertificateExpression } from './certificate-expression.ts';
import { expressionPathDefect } from './expression-path.ts';
import { type GatewayRequest, type GatewayResponse, type Header, headerValue } from './http-message.ts';
import { maximumResponseBytes } from './limits.ts';
import {
  certificateExpressionHeader,
  certificateHeader,
  certifiedHeaders,
  requestHash,
  responseHash,
} from './response-hash.ts';
import type { VerifiedCertificates } from './verified-certificates.ts';

/** By what a response is judged. */
export interface VerificationContext {
  /** The canister's id. */
  readonly canisterId: Uint8Array;
  readonly certificates: VerifiedCertificates;
  /** The present, in nanoseconds since 1970. */
  readonly timeNanos: bigint;
  /** Versions of certification that the module says it has, in its metadata; empty when it says nothing. */
  readonly supportedVersions: readonly number[];
}

/** What may be passed on of a response, or why nothing may. */
export type Verification =
  | { readonly valid: true; readonly headers: readonly Header[] }
  | { readonly valid: false; readonly reason: string };

/** Source: dfinity/http-gateway `validate.rs`, in both directions. */
const maximumCertificateAgeNanos = 300_000_000_000n;
/** Text of dfinity/response-verification. */
const missingCertification = 'Certification values not found';

/** Whether a response says at all how it is certified. */
export function hasCertification(response: GatewayResponse): boolean {
  return headerValue(response.headers, certificateHeader) !== undefined;
}

/**
 * Checks that the canister certified this response to this request.
 *
 * Source: HTTP gateway protocol specification, "Response Verification" and "Legacy Response Verification".
 */
export function verifyResponse(
  request: GatewayRequest,
  response: GatewayResponse,
  context: VerificationContext,
): Verification {
  const header = headerValue(response.headers, certificateHeader);
  if (header === undefined) return refused(missingCertification);
  try {
    const parts = readCertificateHeader(header);
    if (parts === undefined) return refused('the IC-Certificate header lacks certificate or tree');
    const defect = treeDefect(parts, context);
    if (defect !== undefined) return refused(defect);
    switch (parts.version) {
      case 1:
        return verifyVersion1(request, response, parts.tree, context);
      case 2:
        return verifyVersion2(request, response, parts);
      default:
        return refused('the version of the IC-Certificate header is neither 1 nor 2');
    }
  } catch (error) {
    if (error instanceof CborError || error instanceof InvalidCertificateError) return refused(error.message);
    throw error;
  }
}

/** Why the tree is not what the canister certified a short while ago. */
function treeDefect(
  { certificate, tree }: CertificateHeader,
  context: VerificationContext,
): string | undefined {
  const state = context.certificates.stateOf(certificate);
  const time = decodeLeb128(lookupValue(state, ['time']) ?? new Uint8Array());
  const age = time === undefined ? undefined : context.timeNanos - time;
  if (age === undefined || age > maximumCertificateAgeNanos || age < -maximumCertificateAgeNanos) {
    return 'the certificate is not from the last five minutes';
  }
  const certifiedData = lookupValue(state, ['canister', context.canisterId, 'certified_data']);
  if (certifiedData === undefined || !equalBytes(certifiedData, digest(tree))) {
    return 'the tree is not what the canister certified';
  }
  return undefined;
}

/** Version 1 certifies the body alone, by its URL; so redirects and instructions for caches are not passed on. */
function verifyVersion1(
  request: GatewayRequest,
  response: GatewayResponse,
  tree: HashTree,
  { supportedVersions }: VerificationContext,
): Verification {
  if (supportedVersions.some((version) => version > 1)) {
    return refused('the canister can certify with version 2 but answered with version 1');
  }
  if (response.status >= 300 && response.status < 400) {
    return refused('Response verification v1 does not allow redirects');
  }
  const expected =
    lookupValue(tree, ['http_assets', pathOf(request.url)]) ??
    // Single-page applications answer every unknown path with their one page.
    lookupValue(tree, ['http_assets', '/index.html']);
  if (expected === undefined) return refused('the tree holds neither the path of the URL nor /index.html');
  const bodies = [decodedBody(response), response.body];
  if (!bodies.some((body) => body !== undefined && equalBytes(sha256(body), expected))) {
    return refused('the body is not the one the canister certified');
  }
  return { valid: true, headers: response.headers.filter(([name]) => name !== 'cache-control') };
}

function verifyVersion2(
  request: GatewayRequest,
  response: GatewayResponse,
  { tree, expressionPath }: CertificateHeader,
): Verification {
  const expressionText = headerValue(response.headers, certificateExpressionHeader);
  if (expressionText === undefined) return refused(missingCertification);
  const expression = readCertificateExpression(expressionText);
  if (expression === undefined) return refused('the IC-CertificateExpression header is malformed');
  if (expressionPath === undefined) return refused('the IC-Certificate header lacks expr_path');
  const defect = expressionPathDefect(expressionPath, pathOf(request.url), tree);
  if (defect !== undefined) return refused(defect);
  const certified = lookupSubtree(tree, [...expressionPath, sha256(expressionText)]);
  if (certified.status !== 'found') return refused('the tree does not hold the certificate expression');
  // Certified not to be certified: the developer wants the response to be passed on as it is.
  if (expression.kind === 'nothing') return { valid: true, headers: response.headers };
  const requestLabel = expression.request === undefined ? '' : requestHash(request, expression.request);
  const entry = lookupValue(certified.tree, [requestLabel, responseHash(response, expression)]);
  if (entry?.length !== 0) return refused('the response is not the one the canister certified');
  return { valid: true, headers: certifiedHeaders(response, expression) };
}

function pathOf(url: string): string {
  const [path = '/'] = url.split('?');
  try {
    return decodeURIComponent(path);
  } catch {
    // No UTF-8 behind the percent signs: nothing was certified under such a path.
    return path;
  }
}

function decodedBody(response: GatewayResponse): Uint8Array | undefined {
  const limits = { maxOutputLength: maximumResponseBytes };
  try {
    switch (headerValue(response.headers, 'content-encoding')) {
      case 'gzip':
        return gunzipSync(response.body, limits);
      case 'deflate':
        return inflateRawSync(response.body, limits);
      default:
        return response.body;
    }
  } catch {
    return undefined;
  }
}

function refused(reason: string): Verification {
  return { valid: false, reason };
}
