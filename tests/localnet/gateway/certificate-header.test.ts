import { expect, test } from 'vitest';
import { encodeCbor } from '../../../src/localnet/certification/index.ts';
import { readCertificateHeader } from '../../../src/localnet/gateway/certificate-header.ts';

const base64 = (value: Parameters<typeof encodeCbor>[0]) => Buffer.from(encodeCbor(value)).toString('base64');
const emptyTree = base64([0]);

test('spaces around the fields and their order do not matter', () => {
  const path = base64(['http_expr', '<*>']);
  expect(
    readCertificateHeader(`  tree=:${emptyTree}: ,expr_path=:${path}:, version=2,\tcertificate=:AQI=:`),
  ).toEqual({
    certificate: Uint8Array.of(1, 2),
    tree: [0],
    version: 2,
    expressionPath: ['http_expr', '<*>'],
  });
});

test('without certificate or tree there is nothing to read', () => {
  expect(readCertificateHeader(`tree=:${emptyTree}:`)).toBeUndefined();
  expect(readCertificateHeader('certificate=:AQI=:')).toBeUndefined();
});

test('a header of half a million spaces is read as fast as any', { timeout: 5_000 }, () => {
  // An expression that tries every way to divide them takes minutes, in which the network does nothing else.
  expect(readCertificateHeader(`certificate=${' '.repeat(500_000)}:x`)).toBeUndefined();
});
