import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { Principal } from '@dfinity/principal';
import { type CborValue, encodeCbor, requestIdOf } from '../../../../src/localnet/certification/index.ts';

export type Fields = Readonly<Record<string, CborValue>>;

const requestSeparator = Buffer.from('\x0Aic-request');
const delegationSeparator = Buffer.from('\x1Aic-request-auth-delegation');

/** Somebody with an Ed25519 key who signs requests by hand. */
export class Signer {
  readonly publicKeyDer: Uint8Array;
  readonly principal: Principal;
  readonly #key: KeyObject;

  constructor() {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    this.#key = privateKey;
    this.publicKeyDer = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }));
    this.principal = Principal.selfAuthenticating(this.publicKeyDer);
  }

  get sender(): Uint8Array {
    return this.principal.toUint8Array();
  }

  /** The parts of a signed envelope. */
  sign(content: Fields): Fields {
    return {
      content,
      sender_pubkey: this.publicKeyDer,
      sender_sig: this.#signature(requestSeparator, content),
    };
  }

  /** Allows whoever has the other key to sign for this one. */
  delegateTo(other: Signer, delegation: Fields): Fields {
    const signed = { pubkey: other.publicKeyDer, ...delegation };
    return { delegation: signed, signature: this.#signature(delegationSeparator, signed) };
  }

  #signature(separator: Uint8Array, signed: Fields): Uint8Array {
    return new Uint8Array(sign(null, Buffer.concat([separator, requestIdOf(signed)]), this.#key));
  }
}

/** A request that nobody signed. */
export function unsigned(content: Fields): Fields {
  return { content };
}

export function bodyOf(envelope: Fields): Uint8Array {
  return encodeCbor(envelope);
}
