import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PageReport } from './browser/page.ts';
import { AgentEndpoint } from './support/agent-endpoint.ts';

const candidates = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = candidates.find((path) => existsSync(path));
if (executablePath === undefined) {
  console.warn(`The agent is not tested in a browser: there is none at ${candidates.join(', ')}.`);
}

let network: AgentEndpoint;
let pages: Server;
let browser: Browser | undefined;

beforeAll(async () => {
  if (executablePath === undefined) return;
  network = await AgentEndpoint.start();
  const script = await bundle(fileURLToPath(new URL('browser/page.ts', import.meta.url)));
  pages = await servePage(script);
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
});
afterAll(async () => {
  if (executablePath === undefined) return;
  await browser?.close();
  pages.close();
  await network.close();
});

async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
  });
  return outputFiles[0]?.text ?? '';
}

/** Serves the page from a port of its own, so that the endpoint is another origin for it. */
function servePage(script: string): Promise<Server> {
  const server = createServer((request, response) => {
    const isScript = request.url === '/page.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? script : '<!doctype html><meta charset="utf-8"><script src="/page.js"></script>');
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve(server);
    });
  });
}

test.skipIf(executablePath === undefined)(
  'a web page of another origin calls, queries and verifies through the agent in Chromium',
  async () => {
    const page = await browser?.newPage();
    if (page === undefined) throw new Error('The browser did not start.');
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(`http://127.0.0.1:${(pages.address() as AddressInfo).port}/`);
    const report = await page.evaluate(
      ([host, guestbookId]) =>
        (
          globalThis as unknown as { visitGuestbook(host: string, id: string): Promise<PageReport> }
        ).visitGuestbook(host, guestbookId),
      [network.endpoint.url, network.guestbookId] as const,
    );
    expect(errors).toEqual([]);
    expect(report.origin).not.toBe(network.endpoint.url);
    expect(report.caller).toBe(report.sender);
    expect(report.asked).toBe(report.sender);
    expect(report.visits).toBe(1);
    expect(report.failure).toContain('from the page');
  },
);
