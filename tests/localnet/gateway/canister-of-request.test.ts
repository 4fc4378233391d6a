import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { canisterOfRequest } from '../../../src/localnet/gateway/canister-of-request.ts';
import { CustomDomains } from '../../../src/localnet/gateway/custom-domains.ts';

const id = 'rwlgt-iiaaa-aaaaa-aaaaa-cai';
const other = 'r7inp-6aaaa-aaaaa-aaabq-cai';

function addressed(host: string, url = '/', referer?: string, customDomains?: CustomDomains) {
  const found = canisterOfRequest({ host, url, referer }, customDomains);
  return found && [found.canisterId.toText(), found.isRaw];
}

describe('the canister of a request', () => {
  test.each([
    `${id}.localhost`,
    `${id}.localhost:4943`,
    `${id.toUpperCase()}.LOCALHOST`,
    `${id}.example.org`,
  ])('is the first part of the host %s', (host) => {
    expect(addressed(host)).toEqual([id, false]);
  });

  test('is not verified behind a raw host', () => {
    expect(addressed(`${id}.raw.localhost:4943`)).toEqual([id, true]);
  });

  test('is named in the URL, or by the page that the request comes from', () => {
    expect(addressed('localhost:4943', `/a?x=1&canisterId=${id}`)).toEqual([id, false]);
    expect(addressed('127.0.0.1:4943', '/app.js', `http://127.0.0.1:4943/?canisterId=${id}`)).toEqual([
      id,
      false,
    ]);
    expect(addressed('localhost', '/app.js', `http://${id}.raw.localhost/`)).toEqual([id, true]);
  });

  test('is the one of the host rather than of the URL, and of the URL rather than of the page', () => {
    expect(addressed(`${id}.localhost`, `/?canisterId=${other}`)).toEqual([id, false]);
    expect(addressed('localhost', `/?canisterId=${id}`, `http://${other}.localhost/`)).toEqual([id, false]);
  });

  test.each([
    ['localhost', '/', undefined],
    ['', '/', undefined],
    ['localhost', '/?canisterId=nobody', 'not a URL'],
    [`${id}x.localhost`, '/', 'http://localhost/?canisterId='],
    ['[::1]:4943', '/', undefined],
  ])('is nobody for %s %s %s', (host, url, referer) => {
    expect(addressed(host, url, referer)).toBeUndefined();
  });
});

describe('custom domains', () => {
  const directory = mkdtempSync(join(tmpdir(), 'custom-domains-'));
  const file = join(directory, 'custom-domains.txt');

  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  test('name canisters, and are read again whenever the file changes', () => {
    const domains = new CustomDomains(file);
    const shop = () => addressed('shop.local.localhost:4943', '/', undefined, domains);
    expect(shop()).toBeUndefined();
    writeFileSync(file, `shop.local.localhost:${id}\n`);
    expect(shop()).toEqual([id, false]);
    writeFileSync(file, `# names\nbad line\nshop.local.localhost:nobody\nSHOP.local.localhost:${other}`);
    expect(shop()).toEqual([other, false]);
    rmSync(file);
    expect(shop()).toBeUndefined();
  });
});
