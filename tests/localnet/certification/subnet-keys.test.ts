import { createPublicKey, verify } from 'node:crypto';
import { Certificate, hashOfMap } from '@icp-sdk/core/agent';
import { Principal } from '@icp-sdk/core/principal';
import { describe, expect, test } from 'vitest';
import {
  encodeLeb128,
  InvalidCertificateError,
  labeledTree,
  lookupValue,
  prune,
  SubnetKeys,
  verifyCertificate,
} from '../../../src/localnet/certification/index.ts';
import { LocalNetwork } from '../../../src/localnet/index.ts';

const keys = new SubnetKeys();

/** A state tree of the present moment, because the agent's class also looks at the time. */
function stateTree() {
  return labeledTree(
    new Map([
      ['time', encodeLeb128(BigInt(Date.now()) * 1_000_000n)],
      ['greeting', Buffer.from('hello')],
    ]),
  );
}

describe('keys of a subnet', () => {
  test('certify so that the Certificate class of @icp-sdk/core believes it, also when it is pruned', async () => {
    const whole = stateTree();
    for (const tree of [whole, prune(whole, [['time']])]) {
      const certificate = await Certificate.create({
        certificate: keys.certify(tree),
        rootKey: keys.rootKeyDer,
        principal: { canisterId: Principal.fromText('rwlgt-iiaaa-aaaaa-aaaaa-cai') },
      });
      expect(certificate.lookup_path(['time']).status).toBe('Found');
    }
  });

  test('sign with the key that a LocalNetwork has by default, which is written down and not derived', () => {
    const network = new LocalNetwork();
    expect(network.subnetId.toText()).toBe(keys.subnetId.toText());
    // A signature of the derived secret key verifies under the written key only if they belong together.
    expect(lookupValue(verifyCertificate(keys.certify(stateTree()), keys.rootKeyDer), ['greeting'])).toEqual(
      new Uint8Array(Buffer.from('hello')),
    );
  });

  test('are others for another seed, and the same for the same', () => {
    const others = new SubnetKeys('others');
    expect(new SubnetKeys('others').rootKeyDer).toEqual(others.rootKeyDer);
    expect(new SubnetKeys('others').nodeKeyDer).toEqual(others.nodeKeyDer);
    expect(others.rootKeyDer).not.toEqual(keys.rootKeyDer);
    expect(others.nodeKeyDer).not.toEqual(keys.nodeKeyDer);
    expect(new LocalNetwork({ rootKey: others.rootKeyDer }).subnetId.toText()).toBe(others.subnetId.toText());
    const certificate = others.certify(stateTree());
    expect(() => verifyCertificate(certificate, keys.rootKeyDer)).toThrow(InvalidCertificateError);
    expect(lookupValue(verifyCertificate(certificate, others.rootKeyDer), ['time'])).toBeDefined();
  });

  test('sign what a query came to with the node, over the bytes the interface spec names', () => {
    const requestId = new Uint8Array(32).fill(7);
    const responses = [
      { status: 'replied', reply: { arg: Uint8Array.of(1, 2, 3) } },
      { status: 'rejected', reject_code: 5, reject_message: 'trapped', error_code: 'IC0503' },
      { status: 'rejected', reject_code: 4, reject_message: 'no' },
    ] as const;
    const nodeKey = createPublicKey({ key: Buffer.from(keys.nodeKeyDer), format: 'der', type: 'spki' });
    for (const response of responses) {
      const { timestamp, signature, identity } = keys.signQueryResponse(response, requestId, 77n);
      const hash = hashOfMap({ ...response, timestamp, request_id: requestId });
      const signed = Buffer.concat([Buffer.from('\x0Bic-response'), hash]);
      expect(verify(null, signed, nodeKey, signature)).toBe(true);
      expect(identity).toEqual(keys.nodeId.toUint8Array());
    }
  });
});

test('a root key of the wrong length is refused', () => {
  expect(() => new LocalNetwork({ rootKey: new Uint8Array(96) })).toThrow(/133 bytes/);
});
