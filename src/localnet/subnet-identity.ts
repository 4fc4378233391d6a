import { Principal } from '@dfinity/principal';

const rootKeyBytes = 133;

/**
 * The root key of a network that is given no other: 133 bytes of DER. Written down, because deriving it from its seed
 * takes longer than a whole test of a network that never certifies anything; `SubnetKeys` has the secret half.
 */
export const defaultRootKey: Uint8Array = Uint8Array.from(
  Buffer.from(
    '308182301d060d2b0601040182dc7c0503010201060c2b0601040182dc7c05030201036100' +
      '96394b0a28234e5e661946e89a6c074a8c1e06a6755c854c8abc449e43c9ecc4' +
      '590afb7287b43c97771f8696e1ce9ea90adebc9dc61779cc9920f72d405632c5' +
      '64b2b8a657d641876700e0d946cb5a7dfbc44e0dcefaaeb1edb4e548c31e6c96',
    'hex',
  ),
);

/**
 * The principal that belongs to a root key, as agents expect of a subnet without delegation.
 *
 * @param rootKey in DER
 * @throws RangeError when it is not 133 bytes long
 */
export function subnetIdOf(rootKey: Uint8Array): Principal {
  if (rootKey.length !== rootKeyBytes) {
    throw new RangeError(
      `A root key is ${rootKeyBytes} bytes of DER, not ${rootKey.length}: pass rootKeyDer of SubnetKeys.`,
    );
  }
  return Principal.selfAuthenticating(rootKey);
}
