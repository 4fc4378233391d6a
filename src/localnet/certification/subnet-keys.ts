import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { Principal } from '@dfinity/principal';
import { defaultRootKey } from '../subnet-identity.ts';
import { blsPublicKeyDerOf, blsSecretKeyOf } from './bls.ts';
import { concatBytes, domainSeparator, toHex } from './bytes.ts';
import { encodeCertificate, signTree } from './certificate.ts';
import { digest, type HashTree } from './hash-tree.ts';
import { requestIdOf } from './request-id.ts';

/** What a query came to, as the HTTP interface sends it and the node signs it. */
export type QueryResponse =
  | { readonly status: 'replied'; readonly reply: { readonly arg: Uint8Array } }
  | {
      readonly status: 'rejected';
      readonly reject_code: number;
      readonly reject_message: string;
      readonly error_code?: string;
    };

/** A node's signature under a query response, with the field names it has in CBOR. */
export interface NodeSignature {
  /** Nanoseconds since 1970. */
  readonly timestamp: bigint;
  readonly signature: Uint8Array;
  /** The node id. */
  readonly identity: Uint8Array;
}

/** Its root key is written down in `subnet-identity.ts`; deriving it takes a few hundred milliseconds. */
const defaultSeed = 'local network';
/** What comes before the 32 secret bytes in PKCS #8 (RFC 8410). */
const ed25519PrivateKeyPrefix = Buffer.from('302e020100300506032b657004220420', 'hex');
const responseSeparator = domainSeparator('ic-response');

/**
 * The keys of a local network's one subnet and its one node. They follow from a seed that everybody can know: good for
 * tests, and no protection against anybody.
 */
export class SubnetKeys {
  /** The root key in DER, 133 bytes; the subnet signs with it directly, without a delegation. */
  readonly rootKeyDer: Uint8Array;
  /** The self-authenticating principal of the root key, as agents expect of a root subnet. */
  readonly subnetId: Principal;
  /** The node's Ed25519 key in DER, 44 bytes. */
  readonly nodeKeyDer: Uint8Array;
  /** The self-authenticating principal of the node's key. */
  readonly nodeId: Principal;
  readonly #rootSecretKey: Uint8Array;
  readonly #nodeSecretKey: KeyObject;
  #lastSigned: { readonly digest: string; readonly signature: Uint8Array } | undefined;

  /** @param seed any text; default: the one whose root key a LocalNetwork has by default */
  constructor(seed: string = defaultSeed) {
    this.#rootSecretKey = blsSecretKeyOf(seed);
    this.rootKeyDer = seed === defaultSeed ? defaultRootKey : blsPublicKeyDerOf(this.#rootSecretKey);
    this.subnetId = Principal.selfAuthenticating(this.rootKeyDer);
    this.#nodeSecretKey = createPrivateKey({
      key: Buffer.concat([ed25519PrivateKeyPrefix, createHash('sha256').update(`node of ${seed}`).digest()]),
      format: 'der',
      type: 'pkcs8',
    });
    this.nodeKeyDer = Uint8Array.from(
      createPublicKey(this.#nodeSecretKey).export({ format: 'der', type: 'spki' }),
    );
    this.nodeId = Principal.selfAuthenticating(this.nodeKeyDer);
  }

  /**
   * A certificate over a state tree, as CBOR with the self-describing tag.
   *
   * @param tree the part to show, pruned from the whole; agents want `/time` in it
   */
  certify(tree: HashTree): Uint8Array {
    const key = toHex(digest(tree));
    // A signature takes ten milliseconds: parts of one tree, made one after the other, share it.
    if (this.#lastSigned?.digest !== key) {
      this.#lastSigned = { digest: key, signature: signTree(tree, this.#rootSecretKey) };
    }
    return encodeCertificate(tree, this.#lastSigned.signature);
  }

  /**
   * Signs what a query came to.
   *
   * Source: IC interface spec, 'Request: Query call', `verify_node_signatures`.
   *
   * @param timestampNanos since 1970
   */
  signQueryResponse(response: QueryResponse, requestId: Uint8Array, timestampNanos: bigint): NodeSignature {
    const signed = concatBytes(
      responseSeparator,
      requestIdOf({ ...response, timestamp: timestampNanos, request_id: requestId }),
    );
    return {
      timestamp: timestampNanos,
      signature: Uint8Array.from(sign(null, signed, this.#nodeSecretKey)),
      identity: this.nodeId.toUint8Array(),
    };
  }
}
