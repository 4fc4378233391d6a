import { generateKeyPairSync } from 'node:crypto';
import { Principal } from '@dfinity/principal';

/** The principal of a new Ed25519 key: self-authenticating, as a user's is (IC interface spec, "Principals"). */
export function freshPrincipal(): Principal {
  const { publicKey } = generateKeyPairSync('ed25519');
  return Principal.selfAuthenticating(publicKey.export({ type: 'spki', format: 'der' }));
}
