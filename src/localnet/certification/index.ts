export { authenticate, type AuthenticatedRequest, type AuthenticationContext } from './authenticate.ts';
export { type CborMap, type CborValue, CborError, decodeCbor, encodeCbor } from './cbor.ts';
export { InvalidCertificateError, verifyCertificate } from './certificate.ts';
export { digest, type HashTree, labeledTree, type TreeLabel, type TreeSource } from './hash-tree.ts';
export { hashTreeFromCbor } from './hash-tree-codec.ts';
export { HttpApiError, type HttpApiErrorCode } from './http-api-error.ts';
export { encodeLeb128, decodeLeb128 } from './leb128.ts';
export { lookupSubtree, lookupValue, type SubtreeLookup } from './lookup.ts';
export { prune } from './prune.ts';
export type {
  CallContent,
  QueryContent,
  ReadStateContent,
  RequestContent,
  SenderInfo,
} from './request-content.ts';
export { requestIdOf } from './request-id.ts';
export { type NodeSignature, type QueryResponse, SubnetKeys } from './subnet-keys.ts';
export { equalBytes, sha256 } from './bytes.ts';
