import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { Principal } from '@dfinity/principal';
import { describe, expect, it } from 'vitest';
import { activateTemplate, installManager } from '../../../src/cli/demo/deploy.ts';
import { provisionGreeter } from '../../../src/cli/demo/provision.ts';
import { LocalNetwork } from '../../../src/localnet/index.ts';
import { managerModule } from '../../support/manager-fixture.ts';
import { tinyGreeterModule } from '../../support/tiny-greeter.ts';
import { virtualClock, virtualTransport } from '../support/virtual-transport.ts';

const operator = Principal.selfAuthenticating(new Uint8Array([1]));
const user = Principal.selfAuthenticating(new Uint8Array([2]));

function moduleOf(bytes: Uint8Array) {
  return { bytes, sha256: createHash('sha256').update(bytes).digest() };
}

/** A Manager with this template, and what a user sees of it. */
async function provisionWith(template: Uint8Array) {
  const network = new LocalNetwork();
  const clock = virtualClock(network);
  const connection = virtualTransport(network, operator);
  const managerId = await installManager(connection, network.canisterRange.first, moduleOf(managerModule));
  await activateTemplate(connection, managerId, moduleOf(template), clock);
  const steps: string[] = [];
  const onStatus = (job: { readonly summary: string }) => steps.push(job.summary);
  const provisioned = provisionGreeter(virtualTransport(network, user), managerId, onStatus, clock);
  return { provisioned, steps };
}

describe('what the demo does as a user', () => {
  it('follows the job to its Greeter', async () => {
    const { provisioned, steps } = await provisionWith(gzipSync(tinyGreeterModule()));
    const { job, greeterId } = await provisioned;
    expect(job.summary).toContain(greeterId.toText());
    expect(steps.at(-1)).toBe(job.summary);
  });

  it('says how the job stands that was parked, and what an operator could do', async () => {
    const { provisioned } = await provisionWith(gzipSync('this is not Wasm'));
    await expect(provisioned).rejects.toMatchObject({
      code: 'demo.job-not-completed',
      message: expect.stringContaining(
        'The job is parked. Installing the Greeter was refused because of the template',
      ) as string,
      advice: expect.stringContaining('an operator would help with: retry') as string,
    });
  });
});
