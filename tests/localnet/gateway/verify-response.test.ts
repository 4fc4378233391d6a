import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  digest,
  encodeCbor,
  encodeLeb128,
  type HashTree,
  labeledTree,
  prune,
  sha256,
  SubnetKeys,
  type TreeSource,
} from '../../../src/localnet/certification/index.ts';
import { VerifiedCertificates } from '../../../src/localnet/gateway/verified-certificates.ts';
import { type Verification, verifyResponse } from '../../../src/localnet/gateway/verify-response.ts';

const keys = new SubnetKeys();
const certificates = new VerifiedCertificates(keys.rootKeyDer);
const canisterId = Uint8Array.of(1, 2, 3);
const nowNanos = 1_700_000_000_000_000_000n;
const minuteNanos = 60_000_000_000n;
const body = new Uint8Array(Buffer.from('hello'));

/** What version 1 certifies: the bodies' hashes by path. */
const assets = labeledTree(
  new Map([
    [
      'http_assets',
      new Map([
        ['/a b', sha256(body)],
        ['/index.html', sha256('index')],
      ]),
    ],
  ]),
);

interface Changes {
  readonly url?: string;
  readonly body?: Uint8Array;
  readonly encoding?: string;
  readonly tree?: HashTree;
  readonly certifiedDigest?: Uint8Array;
  readonly ageNanos?: bigint;
  readonly keys?: SubnetKeys;
  readonly fields?: string;
  readonly header?: string;
  readonly supportedVersions?: readonly number[];
}

function verified(changes: Changes = {}): Verification {
  const tree = changes.tree ?? assets;
  const canister = new Map([['certified_data', changes.certifiedDigest ?? digest(tree)]]);
  const state = labeledTree(
    new Map<string, TreeSource>([
      ['canister', new Map([[canisterId, canister]])],
      ['time', encodeLeb128(nowNanos - (changes.ageNanos ?? 0n))],
    ]),
  );
  const certificate = (changes.keys ?? keys).certify(state);
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
  const header = `certificate=:${base64(certificate)}:, tree=:${base64(encodeCbor(tree))}:${changes.fields ?? ''}`;
  const encoding = changes.encoding === undefined ? [] : [['content-encoding', changes.encoding] as const];
  const request = { method: 'GET', url: changes.url ?? '/a%20b?x=1', headers: [], body: new Uint8Array() };
  return verifyResponse(
    request,
    {
      status: 200,
      headers: [['ic-certificate', changes.header ?? header], ...encoding],
      body: changes.body ?? body,
    },
    { canisterId, certificates, timeNanos: nowNanos, supportedVersions: changes.supportedVersions ?? [] },
  );
}

describe('a response certified with version 1', () => {
  test('is valid for its decoded path, whatever the query', () => {
    expect(verified()).toMatchObject({ valid: true });
  });

  test('may be /index.html for a path that is not certified, and only then', () => {
    const index = new Uint8Array(Buffer.from('index'));
    expect(verified({ url: '/page', body: index })).toMatchObject({ valid: true });
    expect(verified({ body: index })).toMatchObject({ valid: false });
  });

  test('is certified without its encoding, or with it', () => {
    const encoded = new Uint8Array(gzipSync(body));
    expect(verified({ body: encoded, encoding: 'gzip' })).toMatchObject({ valid: true });
    expect(verified({ body: encoded })).toMatchObject({ valid: false });
    expect(verified({ encoding: 'gzip' })).toMatchObject({ valid: true });
  });

  test('is not valid when the module can certify with version 2', () => {
    expect(verified({ supportedVersions: [1] })).toMatchObject({ valid: true });
    expect(verified({ supportedVersions: [1, 2] })).toEqual({
      valid: false,
      reason: 'the canister can certify with version 2 but answered with version 1',
    });
  });

  test.each<[reason: RegExp, Changes]>([
    [/not signed by this network's root key/, { keys: new SubnetKeys('others') }],
    [/last five minutes/, { ageNanos: 5n * minuteNanos + 1n }],
    [/last five minutes/, { ageNanos: -5n * minuteNanos - 1n }],
    [/not what the canister certified/, { certifiedDigest: sha256('another tree') }],
    [/neither the path of the URL nor/, { tree: prune(assets, [['http_assets', '/b']]) }],
    [/neither 1 nor 2/, { fields: ', version=3' }],
    [/Certification values not found/, { fields: ', version=2' }],
    [/lacks certificate or tree/, { header: 'certificate=:AAAA:' }],
    [/lacks certificate or tree/, { header: '' }],
    [/A hash tree is/, { header: 'certificate=:AAAA:, tree=:AA=AA:' }],
  ])('is not valid: %s', (reason, changes) => {
    const verification = verified(changes);
    expect(verification.valid).toBe(false);
    if (!verification.valid) expect(verification.reason).toMatch(reason);
  });

  test('is as valid for the last time that its certificate is young enough', () => {
    expect(verified({ ageNanos: 5n * minuteNanos })).toMatchObject({ valid: true });
  });
});
