import { createPublicKey, type KeyObject } from 'node:crypto';
import { type CborMap, type CborValue, decodeCbor, isCborMap } from './cbor.ts';

/* Labels and values of COSE keys. Source: RFC 8152, sections 7, 8.2 and 13, and RFC 8230. */
const keyTypeLabel = 1;
const algorithmLabel = 3;
const octetKeyPairType = 1;
const ellipticCurveType = 2;
const rsaType = 3;
const ecdsaWithSha256 = -7;
const eddsa = -8;
const rsaWithSha256 = -257;
const curveLabel = -1;
const xLabel = -2;
const yLabel = -3;
const p256 = 1;
const ed25519 = 6;
const coordinateBytes = 32;
const modulusLabel = -1;
const exponentLabel = -2;
/** Moduli the replica takes. Source: dfinity/ic `rs/crypto/internal/crypto_lib/basic_sig/rsa_pkcs1`. */
const minimumModulusBytes = 256;
const maximumModulusBytes = 1024;
/** An exponent far above 65537 would make one verification take seconds. */
const maximumExponentBytes = 4;

/** A key of a WebAuthn authenticator: ECDSA on P-256, RSA or Ed25519. @returns undefined when it is none of them */
export function coseKeyOf(bytes: Uint8Array): KeyObject | undefined {
  try {
    const cose = decodeCbor(bytes);
    if (!isCborMap(cose)) return undefined;
    const jwk = jwkOf(cose);
    return jwk && createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    // Malformed CBOR, or a point that is not on the curve.
    return undefined;
  }
}

function jwkOf(cose: CborMap): Record<string, string> | undefined {
  const keyType = cose.get(keyTypeLabel);
  const algorithm = cose.get(algorithmLabel);
  if (keyType === ellipticCurveType && algorithm === ecdsaWithSha256 && cose.get(curveLabel) === p256) {
    const x = base64urlOf(cose.get(xLabel), coordinateBytes, coordinateBytes);
    const y = base64urlOf(cose.get(yLabel), coordinateBytes, coordinateBytes);
    return x === undefined || y === undefined ? undefined : { kty: 'EC', crv: 'P-256', x, y };
  }
  if (keyType === octetKeyPairType && algorithm === eddsa && cose.get(curveLabel) === ed25519) {
    const x = base64urlOf(cose.get(xLabel), coordinateBytes, coordinateBytes);
    return x === undefined ? undefined : { kty: 'OKP', crv: 'Ed25519', x };
  }
  if (keyType === rsaType && algorithm === rsaWithSha256) {
    const n = base64urlOf(cose.get(modulusLabel), minimumModulusBytes, maximumModulusBytes);
    const e = base64urlOf(cose.get(exponentLabel), 1, maximumExponentBytes);
    return n === undefined || e === undefined ? undefined : { kty: 'RSA', n, e };
  }
  return undefined;
}

function base64urlOf(value: CborValue, minimumBytes: number, maximumBytes: number): string | undefined {
  if (!(value instanceof Uint8Array)) return undefined;
  if (value.length < minimumBytes || value.length > maximumBytes) return undefined;
  return Buffer.from(value).toString('base64url');
}
